# Rows as the stretches of time that a chart shows. A value stands for the time since the sample before it; where there are
# more rows than a chart has room for, for a stretch of the clock, in which many are put together.

# How many stretches a chart shows at most before rows are put together.
MOST_STRETCHES <- 600

stretches_of <- function(data, most = MOST_STRETCHES) {
  # The time of a longer interval is that of its start.
  stretches(data$timestamp, most, is_start = any(!is.na(column_info(data)$statistic)))
}

# For each row the number of its stretch, and the start and end (Unix seconds) of each.
stretches <- function(times, most, is_start) {
  seconds <- as.numeric(times)
  if (length(seconds) <= 2 * most) {
    step <- if (length(seconds) > 1) typical_step(seconds) else 1
    if (is_start) return(list(of_row = seq_along(seconds), start = seconds, end = seconds + step, step = step))
    return(list(of_row = seq_along(seconds), start = c(seconds[1] - step, seconds[-length(seconds)]), end = seconds, step = step))
  }
  width <- round_width(diff(range(seconds)) / most)
  bins <- sort(unique(floor(seconds / width)))
  list(of_row = match(floor(seconds / width), bins), start = bins * width, end = (bins + 1) * width, step = width)
}

# The next duration that people divide clocks by.
round_width <- function(seconds) {
  widths <- c(1, 2, 5, 10, 15, 30, 60 * c(1, 2, 5, 10, 15, 30), 3600 * c(1, 2, 3, 4, 6, 12, 24))
  wide_enough <- widths[widths >= seconds]
  if (length(wide_enough) > 0) wide_enough[1] else 86400 * ceiling(seconds / 86400)
}

# Mean, lowest and highest of each series in each stretch, one row each; a stretch without a value has NA.
series_of <- function(data, values, parts = stretches_of(data)) {
  rows <- lapply(names(values), function(name) {
    by_stretch <- split(as.numeric(values[[name]]), factor(parts$of_row, seq_along(parts$start)))
    data.frame(
      series = rep(name, length(parts$start)), start = parts$start, end = parts$end,
      mean = vapply(by_stretch, average, 1), low = vapply(by_stretch, lowest, 1), high = vapply(by_stretch, highest, 1)
    )
  })
  all <- do.call(rbind, rows)
  all$series <- factor(all$series, unique(names(values)))
  all
}

lowest <- function(values) if (all(is.na(values))) NA_real_ else min(values, na.rm = TRUE)

# Lines end where values are missing: what was not measured is not drawn. Numbers the pieces of each series.
pieces_of <- function(series, step) {
  rows <- which(!is.na(series$mean))
  present <- series[rows, ]
  is_new <- c(TRUE, diff(rows) > 1 | diff(as.integer(present$series)) != 0 | diff(present$end) > 2.5 * step)
  present$piece <- cumsum(is_new[seq_along(rows)])
  present$is_alone <- present$piece %in% which(tabulate(present$piece) == 1)
  present
}
