# An HTML report of one machine, from the template that RStudio offers as well.

# What the report is made of; a wide table has many more columns, and reading them takes time.
report_columns <- function() {
  c("timestamp", "cpu*", "mem_*", "disk_*_per_second*", "net_*_per_second*", "fs_*", "loadavg_*", "pressure_*_avg10*")
}

render_report <- function(path, output = "report.html", machine = NULL, tz = "UTC", quiet = TRUE) {
  check_string(output, "output")
  if (!grepl("\\.html?$", output)) stop(sprintf("cannot write %s: a report is HTML; expected a name that ends with .html", output), call. = FALSE)
  need_for_reports()
  check_zone(tz)
  file <- find_table(path, machine)$file
  check_is_wide(file)
  # Before rmarkdown goes to another directory.
  collection <- normalizePath(path)
  work <- tempfile("report")
  dir.create(work)
  on.exit(unlink(work, recursive = TRUE))
  file.copy(report_template(), file.path(work, "report.Rmd"))
  made <- rmarkdown::render(file.path(work, "report.Rmd"),
    params = list(collection = collection, machine = machine, tz = tz),
    output_options = list(pandoc_args = c("--metadata", paste("title=Performance of", sub("\\.csv(\\.gz)?$", "", basename(file))))),
    envir = new.env(parent = globalenv()), quiet = quiet
  )
  put_in_place(made, output)
  invisible(normalizePath(output))
}

report_template <- function() {
  system.file("rmarkdown", "templates", "collection_report", "skeleton", "skeleton.Rmd", package = "perfcollector", mustWork = TRUE)
}

need_for_reports <- function() {
  needed <- c("rmarkdown", "ggplot2")
  missing <- needed[!vapply(needed, requireNamespace, TRUE, quietly = TRUE)]
  if (length(missing) > 0) {
    stop(sprintf("a report needs the R package %s: install.packages(\"%s\"), or apt-get install %s",
      some(missing), missing[1], paste0("r-cran-", missing, collapse = " ")
    ), call. = FALSE)
  }
  if (!rmarkdown::pandoc_available()) stop("a report needs pandoc, which is not on the PATH: apt-get install pandoc", call. = FALSE)
}

check_is_wide <- function(file) {
  header <- checked_header(file)
  if (!all(c("metric", "value") %in% header)) return(invisible())
  stop(sprintf("cannot report on %s: it is in the layout long; expected wide, which is what pcprocess writes if it is not told otherwise", file),
    call. = FALSE
  )
}

# Under its name there is the whole report or what was there before.
put_in_place <- function(made, output) {
  dir.create(dirname(output), recursive = TRUE, showWarnings = FALSE)
  beside <- sprintf("%s.%d", output, Sys.getpid())
  on.exit(unlink(beside))
  # The reason comes as a warning.
  written <- tryCatch(file.copy(made, beside, overwrite = TRUE) && file.rename(beside, output), warning = function(problem) {
    stop(sprintf("cannot write %s: %s", output, conditionMessage(problem)), call. = FALSE)
  })
  if (!written) stop(sprintf("cannot write %s: may this user write there?", output), call. = FALSE)
}
