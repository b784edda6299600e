# How values are spread.

percentiles <- function(data, columns = NULL, probs = c(0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 1)) {
  check_probs(probs)
  values <- if (is.data.frame(data)) spread_columns(data, columns) else data
  if (!is.list(values) || length(names(values)) != length(values)) {
    stop("percentiles() takes a data frame or a list of numbers with names", call. = FALSE)
  }
  units <- vapply(values, function(value) if (is.null(attr(value, "unit"))) NA_character_ else attr(value, "unit"), "")
  spread <- vapply(values, spread_of, numeric(length(probs) + 3), probs)
  numbers <- as.data.frame(matrix(spread, ncol = length(probs) + 3, byrow = TRUE))
  names(numbers) <- c("values", "missing", "mean", percentile_names(probs))
  cbind(data.frame(column = as.character(names(values)), unit = as.character(units)), numbers)
}

check_probs <- function(probs) {
  if (is.numeric(probs) && length(probs) > 0 && all(!is.na(probs) & probs >= 0 & probs <= 1)) return(invisible())
  stop(sprintf("`probs` is %s; expected numbers from 0 to 1", deparse(probs, nlines = 1)), call. = FALSE)
}

percentile_names <- function(probs) {
  names <- vapply(probs, function(prob) paste0("p", format(100 * prob, digits = 10)), "")
  names[probs == 0] <- "min"
  names[probs == 1] <- "max"
  names
}

# Where there is no value, there is no percentile.
spread_of <- function(value, probs) {
  present <- value[!is.na(value)]
  none <- length(present) == 0
  c(
    length(present), sum(is.na(value)), if (none) NA else mean(present),
    if (none) rep(NA, length(probs)) else stats::quantile(present, probs, names = FALSE)
  )
}

# Counters as the kernel counts them only tell how long it has been up: their rates are taken.
spread_columns <- function(data, columns) {
  if (is.null(columns)) {
    is_rated <- paste0(names(data), "_per_second") %in% names(data)
    columns <- names(data)[vapply(data, is.numeric, TRUE) & !is_rated]
    columns <- setdiff(columns, "timestamp")
  }
  missing <- setdiff(columns, names(data))
  if (length(missing) > 0) stop(sprintf("there is no column %s; there are %s", some(missing), some(names(data))), call. = FALSE)
  text <- columns[!vapply(columns, function(column) is.numeric(data[[column]]), TRUE)]
  if (length(text) > 0) stop(sprintf("the column %s holds no numbers", some(text)), call. = FALSE)
  stats::setNames(lapply(columns, function(column) data[[column]]), columns)
}
