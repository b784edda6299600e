# Reports of what a report may meet: each is made, and says what there is and what is not.
library(perfcollector)
source("support/fixture.R")
if (!all(vapply(c("ggplot2", "rmarkdown"), requireNamespace, TRUE, quietly = TRUE)) || !rmarkdown::pandoc_available()) quit()

report_of <- function(...) {
  # Paths are those of where one is.
  before <- setwd(directory_of(...))
  on.exit(setwd(before))
  output <- file.path("new", "deep", "report.html")
  same(basename(render_report(".", output)), "report.html")
  stopifnot(identical(list.files(dirname(output)), "report.html"))
  paste(readLines(output, warn = FALSE), collapse = " ")
}
images <- function(report) lengths(regmatches(report, gregexpr("<img src=\"data:image/png", report)))
has <- function(report, ...) for (text in c(...)) if (!grepl(text, report, fixed = TRUE)) stop(sprintf("the report lacks `%s`", text), call. = FALSE)
lacks <- function(report, ...) for (text in c(...)) if (grepl(text, report, fixed = TRUE)) stop(sprintf("the report has `%s`", text), call. = FALSE)

# Two weeks of everything, with a gap and an event.
weeks <- 14 * 24
quality <- c(QUALITY, sprintf("web01.csv,web01,cpu_user,%d,%d,1,first", START, START), sprintf("web01.csv,web01,*,%d,%d,1,gap", START + 7200, START + 7200))
full <- report_of(
  web01.csv = csv_of(machine_columns(weeks, 3600), START + 3600 * seq_len(weeks) - 3600), quality.csv = quality,
  events.csv = c(EVENTS, sprintf("%d,web01,r,<deploy> 42", START + 60))
)
has(full, "<title>Performance of web01</title>", "2026-01-09 18:10:48", "13.96 days", "p97.5", "&lt;deploy&gt; 42", "there is no sample before it", "1 rows", "eth0", "sda1", "wait ms")
same(images(full), 6L)
# It is one file, and asks nobody for anything.
lacks(full, "<script src", "<link href=\"http", "src=\"http", "<deploy>", "There is no value")

# A minute of a machine without disks and network.
few <- machine_columns(60, 1)
minute <- report_of(web01.csv = csv_of(few[!grepl("^(disk|net|pressure|fs)_", names(few))], START + seq_len(60)))
has(minute, "There is no value of disks in this table", "There is no value of network interfaces", "There is no value of file systems", "less than two hours", "no quality.csv", "59 seconds")
same(images(minute), 2L)

# One sample has no rates yet, and no sample has nothing.
one <- report_of(web01.csv = csv_of(machine_columns(1)))
has(one, "There is one sample only in this table. Rates and shares need two.", "4.0 GiB")
same(images(one), 2L)
none <- report_of(web01.csv = "timestamp,machine_id,cpu_user")
has(none, "There is no sample in this table", "no sample")
same(images(none), 0L)

# What cannot be is said before anything is written.
dir <- directory_of(web01.csv = csv_of(machine_columns(1)))
says(render_report(dir, "report.pdf"), "cannot write report.pdf: a report is HTML")
says(render_report("/nowhere"), "cannot read /nowhere")
says(render_report(directory_of(web01.long.csv = "timestamp,machine_id,group,device,metric,value,unit")), "layout long")
says(render_report(dir, file.path(dir, "web01.csv", "r.html")), "cannot write .*r.html")
stopifnot(!file.exists("report.html"))
