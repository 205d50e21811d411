package dev.staithe.controlplane.placement.query;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A point in time, to the second. */
record Moment(long epochSecond) {
    static final String EXPECTED =
            "a time such as 2018-06-18T22:28:28+00:00, 2018-06-18T22:28:28Z, 2018-06-18T22:28:28" + " or 2018-06-18";

    private static final Pattern FORM = Pattern.compile(
            "([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|([+-])([0-9]{2}):([0-9]{2}))?)?");
    private static final int[] DAYS_OF_MONTH = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int MOST_HOURS_OF_OFFSET = 18;
    private static final long DAY = 86_400;

    /** The moment that the text is: without a zone in UTC, without a time at its midnight. */
    static Optional<Moment> read(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int year = number(form, 1);
        int month = number(form, 2);
        int day = number(form, 3);
        int hour = number(form, 4);
        int minute = number(form, 5);
        int second = number(form, 6);
        int offsetHours = number(form, 8);
        int offsetMinutes = number(form, 9);
        if (month < 1
                || month > 12
                || day < 1
                || day > days(year, month)
                || hour > 23
                || minute > 59
                || second > 59
                || offsetMinutes > 59
                || offsetHours * 60 + offsetMinutes > MOST_HOURS_OF_OFFSET * 60) {
            return Optional.empty();
        }
        long offset = (offsetHours * 60L + offsetMinutes) * 60 * ("-".equals(form.group(7)) ? -1 : 1);
        return Optional.of(new Moment(epochDay(year, month, day) * DAY + (hour * 60L + minute) * 60 + second - offset));
    }

    @Override
    public String toString() {
        return Instant.ofEpochSecond(epochSecond).toString();
    }

    private static int number(Matcher form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int days(int year, int month) {
        return month == 2 && leap(year) ? 29 : DAYS_OF_MONTH[month - 1];
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** In the Gregorian calendar, which is taken to hold for all years. */
    private static long epochDay(int year, int month, int day) {
        // Days before the year 0 was over are those of year 0 itself, a leap year; 719,528 days lie between its first
        // day
        // and 1970.
        long days = 365L * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400 - 719_528;
        for (int before = 1; before < month; before++) {
            days += days(year, before);
        }
        return days + day - 1;
    }
}
