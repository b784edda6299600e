# datapackage.json (a Frictionless data package): what each column of each table is.

PACKAGE_FILE <- "datapackage.json"

# What is told of a column. `name` is the heading in the file, `column` the name in the data frame.
COLUMN_FACTS <- c("type", "unit", "kind", "derivation", "field", "group", "device", "metric", "statistic", "description")

# NULL where there is none. One that cannot be read costs units and descriptions, not the numbers.
read_package <- function(dir) {
  path <- file.path(dir, PACKAGE_FILE)
  if (!file.exists(path)) return(NULL)
  tryCatch(package_of(read_json(path)), error = function(problem) {
    warning(sprintf("cannot read %s: %s; going on without units and descriptions", path, conditionMessage(problem)), call. = FALSE)
    NULL
  })
}

package_of <- function(json) {
  resources <- if (is_object(json)) json$resources
  if (!is.list(resources)) stop("no list of `resources`; expected a data package", call. = FALSE)
  known <- Filter(function(resource) is_object(resource) && !is.na(fact(resource, "path")), resources)
  list(resources = lapply(known, function(resource) {
    schema <- if (is_object(resource$schema)) resource$schema
    list(path = fact(resource, "path"), machine = fact(resource, "machine_id"), fields = fields_of(schema))
  }))
}

fields_of <- function(schema) {
  fields <- Filter(is_object, if (is.list(schema$fields)) schema$fields else list())
  facts <- lapply(c("name", COLUMN_FACTS), function(name) vapply(fields, fact, "", name))
  table <- as.data.frame(facts, col.names = c("name", COLUMN_FACTS))
  # Numbers or texts: the cells tell.
  table$type[table$type %in% "any"] <- NA
  table[!is.na(table$name), ]
}

is_object <- function(value) is.list(value) && !is.null(names(value))

# A member that is a text; everything else says nothing.
fact <- function(object, name) {
  value <- object[[name]]
  if (is.character(value) && length(value) == 1) value else NA_character_
}

# One row a column of the table, in its order. What nobody tells is NA.
column_facts <- function(header, package, table) {
  told <- Filter(function(resource) resource$path == table, package$resources)
  fields <- if (length(told) > 0) told[[1]]$fields else fields_of(NULL)
  facts <- fields[match(header, fields$name), COLUMN_FACTS]
  rownames(facts) <- NULL
  is_rate <- is.na(facts$derivation) & grepl("._per_second$", header)
  facts$derivation[is_rate] <- "rate"
  cbind(data.frame(column = header, name = header), facts)
}
