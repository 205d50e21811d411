# shellcheck shell=bash
# Reads the XML reports of surefire and failsafe. Sourced.

# reports_list: the report files of all modules. DEPLOY is the folder deploy/ of the checkout.
reports_list() {
  find "$DEPLOY/.." -path '*/target/*' \( -path '*/surefire-reports/TEST-*.xml' -o -path '*/failsafe-reports/TEST-*.xml' \) -print0
}

# reports_count: prints "PASSED FAILED SKIPPED", summed over all reports.
reports_count() {
  reports_list | xargs -0 -r cat -- | awk '
    function attribute(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0
    }
    # The element and its attributes may be on several lines: they are joined first.
    /<testsuite[ >]/ { open = 1; joined = "" }
    open {
      joined = joined " " $0
      if ($0 ~ />/) {
        $0 = joined; open = 0
        sub(/>.*/, ">")
        tests += attribute("tests"); failed += attribute("failures") + attribute("errors"); skipped += attribute("skipped")
      }
    }
    END { printf "%d %d %d\n", tests - failed - skipped, failed, skipped }'
}

# reports_failures: the tests that failed, one to a line, as CLASS.TEST.
reports_failures() {
  reports_list | xargs -0 -r cat -- | awk '
    function text(name, value) {
      if (!match($0, " " name "=\"[^\"]*\"")) return "?"
      value = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      gsub(/&lt;/, "<", value); gsub(/&gt;/, ">", value); gsub(/&quot;/, "\"", value); gsub(/&apos;/, "\047", value); gsub(/&amp;/, "\\&", value)
      return value
    }
    /<testcase / { test = text("classname") "." text("name") }
    /<(failure|error)[ >\/]/ { if (test != "") print test; test = "" }' | sort -u
}
