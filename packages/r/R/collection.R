# The data frame that is read: its columns keep their units, descriptions and so on when rows are taken from it, which
# those of a plain data frame lose.

# What each column carries as attributes of its own.
CARRIED <- c("unit", "kind", "derivation", "group", "device", "metric", "statistic", "description")

as_collection <- function(data, facts, place, tz) {
  names(data) <- facts$column
  for (at in seq_along(data)) attributes(data[[at]]) <- c(attributes(data[[at]]), carried(facts[at, ]))
  beside <- function(read, name) read(file.path(place$dir, name), place$table, tz)
  machine <- if (nrow(data) > 0) as.character(data$machine_id[1]) else sub("(\\.long)?\\.csv(\\.gz)?$", "", basename(place$table))
  attr(data, "collection") <- list(
    path = place$file, machine = machine, tz = tz, columns = facts,
    quality = read_quality(file.path(place$dir, "quality.csv"), place$table, tz),
    events = read_events(file.path(place$dir, "events.csv"), machine, tz)
  )
  class(data) <- c("collection_data", "data.frame")
  data
}

carried <- function(facts) {
  known <- as.list(facts[CARRIED])
  known[!is.na(known)]
}

`[.collection_data` <- function(x, ...) {
  part <- NextMethod()
  if (!is.data.frame(part)) return(part)
  before <- unclass(x)
  for (name in intersect(names(part), names(before))) {
    lost <- attributes(before[[name]])[CARRIED]
    for (fact in names(Filter(Negate(is.null), lost))) attr(part[[name]], fact) <- lost[[fact]]
  }
  attr(part, "collection") <- attr(x, "collection")
  class(part) <- class(x)
  part
}

# Without what each column carries: that would be eight lines a column.
str.collection_data <- function(object, ...) {
  plain <- lapply(unclass(object), function(column) {
    attributes(column)[CARRIED] <- NULL
    column
  })
  utils::str(structure(plain, class = "data.frame", row.names = attr(object, "row.names"), collection = NULL), ...)
}

column_info <- function(data) {
  facts <- about(data)$columns
  facts <- facts[facts$column %in% names(data), ]
  rownames(facts) <- NULL
  facts
}

collection_events <- function(data) {
  about(data)$events
}

# What was read beside the numbers.
about <- function(data) {
  known <- attr(data, "collection")
  if (is.null(known)) {
    stop("nothing is known of this data: expected what read_collection_csv() gives, or rows or columns of it", call. = FALSE)
  }
  known
}

NO_EVENTS <- data.frame(timestamp = numeric(0), machine_id = character(0), run = character(0), event = character(0))

# What is wrong beside a table does not keep it from being read.
read_beside <- function(path, none) {
  if (!file.exists(path)) return(NULL)
  tryCatch(
    {
      header <- read_header(path)
      missing <- setdiff(names(none), header)
      if (length(missing) > 0) stop(sprintf("cannot read %s: there is no column %s", path, some(missing)), call. = FALSE)
      classes <- vapply(none, class, "")[header]
      cells <- read_cells(path, header, ifelse(is.na(classes), "NULL", classes))
      as.data.frame(cells[names(none)], optional = TRUE)
    },
    error = function(problem) {
      warning(sprintf("%s; going on without it", conditionMessage(problem)), call. = FALSE)
      NULL
    }
  )
}

read_events <- function(path, machine, tz) {
  events <- read_beside(path, NO_EVENTS)
  if (is.null(events)) events <- NO_EVENTS
  events <- events[is.na(events$machine_id) | events$machine_id == machine, ]
  events$timestamp <- as_time(events$timestamp, tz)
  rownames(events) <- NULL
  events
}
