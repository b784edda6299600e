# Hours beside one another, days below one another: what comes back every day shows as a column.

plot_heatmap <- function(data, values, title = NULL, unit = "") {
  if (is.character(values)) {
    unit <- if (is.null(attr(data[[values]], "unit"))) unit else attr(data[[values]], "unit")
    if (is.null(title)) title <- values
    values <- spread_columns(data, values)[[1]]
  }
  if (!has_values(values)) return(NULL)
  hours <- hour_means(data$timestamp, values)
  ggplot2::ggplot(hours, ggplot2::aes(x = .data$hour, y = .data$day, fill = .data$mean)) +
    ggplot2::geom_tile(width = 1, height = 1) +
    ggplot2::scale_fill_viridis_c(name = unit, limits = c(0, NA)) +
    ggplot2::scale_x_continuous(breaks = seq(0, 21, 3)) +
    ggplot2::coord_cartesian(xlim = c(-0.5, 23.5), expand = FALSE) +
    ggplot2::labs(title = title, x = sprintf("hour (%s)", zone_name(data)), y = NULL) +
    ggplot2::theme_minimal()
}

# Of each hour of each day that has a value; the newest day at the bottom.
hour_means <- function(times, values) {
  present <- !is.na(values)
  hour <- format(times[present], "%Y-%m-%d %H")
  means <- vapply(split(as.numeric(values[present]), hour), mean, 1)
  day <- substr(names(means), 1, 10)
  data.frame(day = factor(day, rev(sort(unique(day)))), hour = as.integer(substr(names(means), 12, 13)), mean = unname(means))
}

zone_name <- function(data) {
  tz <- about(data)$tz
  if (nzchar(tz)) tz else Sys.timezone()
}
