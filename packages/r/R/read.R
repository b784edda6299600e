#' A table that pcprocess wrote, typed, with what is known of its columns and of its missing values.

read_collection_csv <- function(path, machine = NULL, tz = "UTC", columns = NULL, check.names = FALSE) {
  check_zone(tz)
  place <- find_table(path, machine)
  header <- checked_header(place$file)
  facts <- column_facts(header, place$package, place$table)
  wanted <- wanted_columns(header, columns)
  data <- with_label(typed_cells(place$file, facts, wanted))
  data$timestamp <- as_time(checked_times(data$timestamp, place$file), tz)
  # A machine may be called NA.
  if (!is.null(data$machine_id)) data$machine_id[is.na(data$machine_id)] <- "NA"
  facts <- facts[wanted, ]
  if (ncol(data) > nrow(facts)) facts <- rbind(facts, LABEL_FACTS)
  if (check.names) facts$column <- make.names(facts$column, unique = TRUE)
  as_collection(data, facts, place, tz)
}

check_zone <- function(tz) {
  if (is.character(tz) && length(tz) == 1 && (tz %in% c("", "UTC", "GMT") || tz %in% OlsonNames())) return(invisible())
  stop(sprintf("there is no time zone %s; OlsonNames() lists those that there are", deparse(tz, nlines = 1)), call. = FALSE)
}

checked_header <- function(file) {
  header <- read_header(file)
  if (length(header) == 0) stop(sprintf("cannot read %s: it is empty; expected a line of column names", file), call. = FALSE)
  if (!all(c("timestamp", "machine_id") %in% header)) {
    stop(sprintf("cannot read %s: its columns are %s; expected timestamp, machine_id and others, as pcprocess writes them", file, some(header, 4)),
      call. = FALSE
    )
  }
  header
}

checked_times <- function(times, file) {
  if (anyNA(times)) stop(sprintf("cannot read %s: row %d has no timestamp", file, which(is.na(times))[1]), call. = FALSE)
  times
}

# `columns` are names or patterns as pcprocess takes them: cpu_*, disk_sd?_reads.
wanted_columns <- function(header, columns) {
  if (is.null(columns)) return(rep(TRUE, length(header)))
  patterns <- utils::glob2rx(columns)
  wanted <- Reduce(`|`, lapply(patterns, grepl, header), header %in% columns)
  if (!any(wanted)) stop(sprintf("no column is called %s; there are %s", some(columns), some(header)), call. = FALSE)
  wanted | header %in% c("timestamp", "machine_id")
}

typed_cells <- function(file, facts, wanted) {
  classes <- ifelse(is.na(facts$type), guess_classes(file, facts), ifelse(facts$type == "string", "character", "numeric"))
  classes[facts$name %in% c("machine_id", "time")] <- "character"
  classes[facts$name == "timestamp"] <- "numeric"
  is_guess <- is.na(facts$type) & facts$name != "timestamp"
  cells <- tryCatch(read_cells(file, facts$name, ifelse(wanted, classes, "NULL")), no_number = function(problem) {
    if (!all(problem$columns %in% facts$name[is_guess])) stop(problem)
    # The first text of a column that nobody describes came late.
    classes[facts$name %in% problem$columns] <- "character"
    read_cells(file, facts$name, ifelse(wanted, classes, "NULL"))
  })
  structure(cells, class = "data.frame", row.names = .set_row_names(length(cells$timestamp)))
}

# How many rows are looked at to see whether a column that nobody describes holds numbers.
LOOKED_AT <- 1000L

guess_classes <- function(file, facts) {
  if (!anyNA(facts$type)) return(NA_character_)
  bad <- tryCatch(
    not_numbers(file, facts$name, ifelse(is.na(facts$type), "numeric", "NULL"), LOOKED_AT),
    # A short row; where it stands is said when the whole file is read.
    error = function(problem) data.frame(column = character(0))
  )
  ifelse(facts$name %in% bad$column, "character", "numeric")
}

# The layout long has numbers and texts in one column, `value`. The texts get one of their own, for numbers to be numbers.
with_label <- function(data) {
  if (!all(c("metric", "unit") %in% names(data)) || !is.character(data$value)) return(data)
  is_text <- data$unit %in% "text" | !grepl(NUMBER, data$value)
  data$label <- ifelse(is_text, data$value, NA)
  data$value <- as.numeric(ifelse(is_text, NA, data$value))
  data
}

LABEL_FACTS <- list(
  column = "label", name = "value", type = "string", unit = "text", kind = "label", derivation = NA, field = NA, group = NA,
  device = NA, metric = NA, statistic = NA, description = "The value, where it is a text."
)

# R cuts off what it does not show of a second, so of two numbers beside the whole millisecond it must be the upper one:
# else .003 is shown as .002.
as_time <- function(seconds, tz) {
  whole <- floor(seconds)
  ms <- round((seconds - whole) * 1000)
  is_below <- abs((seconds - whole) * 1000 - ms) < 0.001 & (seconds - whole) * 1000 < ms
  up <- ifelse(is_below, seconds + 2^-22, seconds)
  .POSIXct(up, tz)
}
