# What the charts over time are made of.

# One panel a statistic, one line a device; of many devices those that did the most.
device_chart <- function(data, numbers, title, most) {
  numbers <- lapply(numbers, function(by_device) Filter(has_values, by_device))
  devices <- devices_of(numbers)
  shown <- busiest(numbers, most)
  chart <- line_chart(data, lapply(numbers, function(by_device) by_device[intersect(names(by_device), shown)]), title)
  if (is.null(chart) || length(shown) == length(devices)) return(chart)
  chart + ggplot2::labs(caption = sprintf("The busiest %d of %d.", length(shown), length(devices)))
}

busiest <- function(numbers, most) {
  devices <- devices_of(numbers)
  work <- vapply(devices, function(device) sum(vapply(numbers, function(all) work_of(all[[device]]), 1)), 1)
  devices[sort(order(-work)[seq_len(min(most, length(devices)))])]
}

work_of <- function(values) if (has_values(values)) mean(values, na.rm = TRUE) else 0

# `panels`: lists of series, each by its name.
line_chart <- function(data, panels, title) {
  panels <- Filter(length, panels)
  if (length(panels) == 0) return(NULL)
  parts <- stretches_of(data)
  series <- do.call(rbind, lapply(seq_along(panels), function(at) {
    series <- pieces_of(series_of(data, panels[[at]], parts), parts$step)
    series$panel <- rep(c(names(panels), "")[at], nrow(series))
    series$group <- paste(at, series$series, series$piece)
    series
  }))
  series$panel <- factor(series$panel, unique(series$panel))
  chart <- time_chart(data, series, title, if (nlevels(series$panel) == 1) levels(series$panel)) + line_layers(data, series)
  if (nlevels(series$panel) == 1) return(chart)
  chart + ggplot2::facet_wrap(~panel, ncol = 1, scales = "free_y")
}

# The line is the mean of a stretch; the band goes from its lowest to its highest value.
line_layers <- function(data, series) {
  at <- function(seconds) as_time(seconds, about(data)$tz)
  series$time <- at(series$end)
  # Names of devices may hold any byte.
  levels(series$series) <- printable(levels(series$series))
  aes <- ggplot2::aes(x = .data$time, y = .data$mean, colour = .data$series, group = .data$group)
  band <- ggplot2::aes(x = .data$time, ymin = .data$low, ymax = .data$high, fill = .data$series, group = .data$group)
  list(
    ggplot2::geom_ribbon(band, series[!series$is_alone, ], alpha = 0.2, colour = NA, show.legend = FALSE),
    ggplot2::geom_line(aes, series[!series$is_alone, ], linewidth = 0.4),
    ggplot2::geom_point(aes, series[series$is_alone, ], size = 0.8),
    ggplot2::scale_colour_manual(values = series_colours(series$series), name = NULL, aesthetics = c("colour", "fill"))
  )
}

series_colours <- function(series) {
  colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
  stats::setNames(rep_len(colours, nlevels(series)), levels(series))
}

printable <- function(texts) {
  gsub("[[:cntrl:]]", "?", iconv(texts, "UTF-8", "UTF-8", sub = "byte"))
}

# Each series on top of those before it; a stretch in which one is missing is left out whole.
stacked <- function(series) {
  by_start <- series$start
  series$mean <- pmax(series$mean, 0)
  tops <- stats::ave(series$mean, by_start, FUN = cumsum)
  is_whole <- !is.na(stats::ave(series$mean, by_start, FUN = sum))
  series$top <- tops
  series$bottom <- tops - series$mean
  series[is_whole, ]
}

# A rate or share is that of the whole time since the sample before; a gauge says nothing of a gap before it.
without_gaps <- function(series, step) {
  is_long <- series$end - series$start > 2.5 * step
  series$start[is_long] <- series$end[is_long] - step
  series
}

stack_layer <- function(data, series) {
  at <- function(seconds) as_time(seconds, about(data)$tz)
  ggplot2::geom_rect(
    ggplot2::aes(
      xmin = at(.data$start), xmax = at(.data$end), ymin = .data$bottom, ymax = .data$top, fill = .data$series, colour = .data$series
    ), series,
    # A line of its own colour closes the seams between neighbours.
    linewidth = 0.1
  )
}

# Where rows are put together, the means of the stack hide the highest: a line shows it.
peak_layer <- function(data, busy) {
  parts <- stretches_of(data)
  if (is.null(busy) || length(parts$start) == nrow(data)) return(NULL)
  peaks <- pieces_of(series_of(data, list(busy = busy), parts), parts$step)
  peaks$time <- as_time((peaks$start + peaks$end) / 2, about(data)$tz)
  list(
    ggplot2::geom_line(ggplot2::aes(x = .data$time, y = .data$high, group = .data$piece), peaks[!peaks$is_alone, ], linewidth = 0.3),
    ggplot2::labs(caption = "Areas: means of stretches of time. Line: the busiest sample of each.")
  )
}

time_chart <- function(data, series, title, unit) {
  tz <- about(data)$tz
  ggplot2::ggplot() +
    event_layer(data, tz) +
    ggplot2::scale_x_datetime(timezone = tz) +
    ggplot2::labs(title = title, x = NULL, y = unit) +
    ggplot2::theme_minimal() +
    ggplot2::theme(legend.position = "bottom", plot.title = ggplot2::element_text(face = "bold"))
}

# More marks than this hide what they mark.
MOST_EVENTS <- 40

event_layer <- function(data, tz) {
  events <- collection_events(data)
  if (nrow(events) == 0 || nrow(events) > MOST_EVENTS) return(NULL)
  ggplot2::geom_vline(xintercept = as.numeric(events$timestamp), linetype = "dashed", colour = "#666666", linewidth = 0.3)
}
utils::globalVariables(".data")
