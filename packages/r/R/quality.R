# Why a value is missing: quality.csv joined to the rows.

# In the order in which they are shown, with a sentence for reports.
NA_REASONS <- c(
  first = "there is no sample before it to derive from",
  reset = "the machine booted, or the device was made anew: its counters fell",
  wrap = "this counter alone fell, by no distance that explains it",
  new_device = "the device was not there in the sample before",
  gap = "samples were missed before it: values are given, and are means over the gap",
  suspend = "the machine slept in between",
  clock_step = "the clock was set in between",
  too_short = "the interval is too short for the kernel's clock",
  incomplete = "other parts of the same total are missing",
  absent = "the sample does not have the field",
  unreadable = "the field's value is no number",
  unknown = "the table does not say why"
)

# What stands for all columns: the row comes after missed samples.
EVERY_COLUMN <- "*"

NO_QUALITY <- data.frame(
  table = character(0), machine_id = character(0), column = character(0),
  from = numeric(0), to = numeric(0), rows = numeric(0), reason = character(0)
)

# NULL where there is none.
read_quality <- function(path, table, tz) {
  quality <- read_beside(path, NO_QUALITY)
  if (is.null(quality)) return(NULL)
  quality <- quality[quality$table == table, c("column", "from", "to", "rows", "reason")]
  quality$from <- as_time(quality$from, tz)
  quality$to <- as_time(quality$to, tz)
  quality$reason <- reason_factor(quality$reason)
  rownames(quality) <- NULL
  quality
}

reason_factor <- function(reasons) {
  factor(reasons, levels = union(names(NA_REASONS), unique(reasons)))
}

na_reasons <- function(data) {
  known <- about(data)
  quality <- if (is.null(known$quality)) unexplained(data) else known$quality
  # quality.csv speaks of the headings in the file.
  at <- match(quality$column, known$columns$name)
  quality$column[!is.na(at)] <- known$columns$column[at[!is.na(at)]]
  # In the layout long no column is called what quality.csv speaks of.
  is_long <- all(c("metric", "value") %in% known$columns$name)
  quality <- quality[is_long | quality$column %in% c(EVERY_COLUMN, names(data)), ]
  rownames(quality) <- NULL
  quality
}

na_reason <- function(data, column) {
  about(data)
  check_string(column, "column")
  if (!column %in% names(data)) stop(sprintf("there is no column `%s`; there are %s", column, some(names(data))), call. = FALSE)
  ranges <- na_reasons(data[c("timestamp", column)])
  is_missing <- is.na(data[[column]])
  own <- range_at(data$timestamp, ranges[ranges$column == column & ranges$reason != "gap", ])
  reason <- as.character(own)
  reason[is.na(reason) & is_gap(data)] <- "gap"
  reason[is.na(reason)] <- "unknown"
  reason[!is_missing] <- NA
  factor(reason, levels = levels(ranges$reason))
}

is_gap <- function(data) {
  ranges <- na_reasons(data["timestamp"])
  !is.na(range_at(data$timestamp, ranges[ranges$column == EVERY_COLUMN & ranges$reason == "gap", ]))
}

# The reason of the range that each time lies in; ranges of one column do not overlap.
range_at <- function(times, ranges) {
  ranges <- ranges[order(ranges$from), ]
  ms <- whole_ms(times)
  at <- findInterval(ms, whole_ms(ranges$from))
  at[at == 0] <- NA
  at[!is.na(at) & ms > whole_ms(ranges$to)[at]] <- NA
  ranges$reason[at]
}

whole_ms <- function(times) round(as.numeric(times) * 1000)

# Where nobody tells why: each stretch of rows without a value.
unexplained <- function(data) {
  stretches <- lapply(names(data), function(name) {
    runs <- rle(is.na(data[[name]]))
    to <- cumsum(runs$lengths)[runs$values]
    from <- to - runs$lengths[runs$values] + 1L
    data.frame(column = rep(name, length(to)), from = data$timestamp[from], to = data$timestamp[to], rows = to - from + 1)
  })
  all <- do.call(rbind, stretches)
  all$reason <- reason_factor(rep("unknown", nrow(all)))
  all
}
