#!/usr/bin/env Rscript
# Checks the weights of one wave with R's package survey, without the code that made them.
#
#   Rscript verify.R [FOLDER]        FOLDER holds weights.csv, margins.csv and estimates.csv (default: the script's own)
#
# Read at first: base weights, the margins each respondent is in, their targets in the frame, and the answers. From
# these the weights are made again, calibrated to 1e-13, and so are the estimates and both standard errors: `se_survey`
# by survey's own functions, `se` by the formula written out below. What was computed elsewhere is read only then.
# Exit code 1 where a weight or a point differs by more than 1e-9, or a standard error by more than 1e-8.

suppressPackageStartupMessages(library(survey))

LIMITS <- c(weights = 1e-9, points = 1e-9, se_survey = 1e-8, se = 1e-8)
COMPUTED <- c("nonresponse_factor", "calibration_factor", "trimming_factor", "final_weight")
DISTANCES <- c(linear = "linear", exponential = "raking", logit = "logit")

own_folder <- function() {
  script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (length(script)) dirname(script[1]) else "."
}

# The file by its name, or marked as made from synthetic or confidential answers. Every column is read as text.
read_part <- function(folder, name, without = character()) {
  found <- list.files(folder, pattern = paste0("^([A-Z]+_)?", name, "$"), full.names = TRUE)
  if (length(found) != 1) stop("one file ", name, " is needed in ", folder)
  header <- names(read.csv(found, nrows = 1, check.names = FALSE))
  read.csv(found, check.names = FALSE, na.strings = "", encoding = "UTF-8",
           colClasses = ifelse(header %in% without, "NULL", "character"))
}

number <- function(text) as.numeric(text)

# The calibration columns, one a category, without those that follow from others, and their totals in the frame.
calibration_columns <- function(people, targets) {
  columns <- list()
  totals <- numeric()
  for (row in seq_len(nrow(targets))) {
    columns[[row]] <- as.numeric(people[[paste0("in: ", targets$margin[row])]] == targets$category[row])
    totals[row] <- number(targets$target[row])
  }
  x <- do.call(cbind, columns)
  kept <- qr(x)
  kept <- sort(kept$pivot[seq_len(kept$rank)])
  list(x = x[, kept, drop = FALSE], totals = totals[kept])
}

calibrated <- function(design, columns, distance, lower, upper) {
  names(columns$totals) <- colnames(columns$x)
  bounded <- any(is.finite(lower)) || any(is.finite(upper))
  calibrate(design, as.formula(paste("~ 0 +", paste(colnames(columns$x), collapse = " + "))), columns$totals,
            calfun = distance, bounds = if (bounded) list(lower = lower, upper = upper) else c(-Inf, Inf),
            epsilon = 1e-13, maxit = 500)
}

# Weights again, from base weights, margins and targets alone.
weigh <- function(people, targets) {
  plan <- targets[1, ]
  base <- number(people$base_weight)
  columns <- calibration_columns(people, targets)
  colnames(columns$x) <- paste0("x", seq_len(ncol(columns$x)))
  size <- sum(number(targets$target[targets$margin == plan$margin]))
  data <- data.frame(base_weight = base, population_size = size, columns$x)
  design <- svydesign(ids = ~1, weights = ~base_weight, fpc = ~population_size, data = data)
  if (plan$method %in% c("none", "poststratify", "propensity")) {
    made <- calibrated(design, columns, "linear", -Inf, Inf)
  } else if (plan$method == "rake") {
    made <- calibrated(design, columns, "raking", -Inf, Inf)
  } else {
    distance <- DISTANCES[[plan$distance]]
    lower <- number(plan$smallest) / base
    # A group of units that all answered has base weight 1 and stays there, whatever lies below.
    lower[lower >= 1] <- 0.5
    upper <- if (is.na(plan$largest)) rep(Inf, length(base)) else number(plan$largest) / base
    made <- calibrated(design, columns, distance, lower, upper)
    cap <- number(plan$trim) * mean(base)
    if (!is.na(cap) && max(weights(made)) > cap) made <- calibrated(design, columns, distance, lower, cap / base)
  }
  list(design = made, base = base, x = columns$x, plan = plan, targets = targets,
       cells = factor(people[[paste0("in: ", plan$margin)]]))
}

# se: each respondent has its own finite-population correction, max(0, 1 - 1/w).
# By groups (none, poststratify, propensity): sum over groups of (1 - n/N) N^2 / (n (n - 1)) sum((u - mean u)^2).
# Calibrated (rake, calibrate): n / (n - p) sum(max(0, 1 - 1/w) (w e)^2), e the residual of u on the calibration columns
# in the regression weighted by base weights. u = (y - estimate) / sum(w) of those who answered, 0 for all others.
written_out <- function(made, y) {
  w <- weights(made$design)
  used <- !is.na(y)
  estimate <- sum(w[used] * y[used]) / sum(w[used])
  u <- ifelse(used, (y - estimate) / sum(w[used]), 0)
  if (made$plan$method %in% c("none", "poststratify", "propensity")) {
    variance <- 0
    for (cell in levels(made$cells)) {
      here <- made$cells == cell
      n <- sum(here)
      size <- number(made$targets$target[made$targets$category == cell])
      if (n < size) variance <- variance + (1 - n / size) * size^2 / (n * (n - 1)) * sum((u[here] - mean(u[here]))^2)
    }
  } else {
    n <- length(w)
    e <- lm.wfit(made$x, u, made$base)$residuals
    variance <- n / (n - ncol(made$x)) * sum(pmax(0, 1 - 1 / w) * (w * e)^2)
  }
  sqrt(variance)
}

verify <- function(folder) {
  margins <- read_part(folder, "margins.csv", without = c("achieved", "gap", "relative_gap"))
  margins <- margins[margins$met == "True", ]
  people <- read_part(folder, "weights.csv", without = COMPUTED)
  people$module[is.na(people$module)] <- ""
  margins$module[is.na(margins$module)] <- ""
  asked <- read_part(folder, "estimates.csv", without = c("point", "se", "se_survey"))
  asked$module[is.na(asked$module)] <- ""

  made <- list()
  for (module in unique(margins$module)) {
    made[[paste0("m", module)]] <- weigh(people[people$module == module, ], margins[margins$module == module, ])
  }
  again <- rep(NA_real_, nrow(people))
  for (module in unique(margins$module)) {
    again[people$module == module] <- weights(made[[paste0("m", module)]]$design)
  }
  estimates <- data.frame(point = numeric(), se = numeric(), se_survey = numeric())
  for (row in seq_len(nrow(asked))) {
    one <- made[[paste0("m", asked$module[row])]]
    y <- number(people[[paste0("y: ", asked$name[row])]][people$module == asked$module[row]])
    of <- one$design
    # Outside the domain the weight is 0, and 0 times a missing answer would be missing.
    of$variables$given <- !is.na(y)
    of$variables$y <- ifelse(is.na(y), 0, y)
    mean_of <- svymean(~y, subset(of, given))
    estimates[row, ] <- c(coef(mean_of), written_out(one, y), SE(mean_of))
  }

  # Only now what is to be checked.
  computed <- read_part(folder, "weights.csv")
  stated <- read_part(folder, "estimates.csv")
  factors <- sapply(computed[c("base_weight", COMPUTED[1:3])], number)
  largest <- c(
    weights = max(abs(again - number(computed$final_weight)), abs(apply(factors, 1, prod) - again)),
    points = max(abs(estimates$point - number(stated$point))),
    se_survey = max(abs(estimates$se_survey - number(stated$se_survey))),
    se = max(abs(estimates$se - number(stated$se)))
  )
  cat(sprintf("%d weights, %d estimates; survey %s\n", nrow(people), nrow(asked), packageVersion("survey")))
  good <- !is.na(largest) & largest <= LIMITS[names(largest)]
  for (name in names(largest)) {
    cat(sprintf("%-10s largest difference %.2e, allowed %.0e: %s\n", name, largest[name], LIMITS[name],
                if (good[name]) "holds" else "DIFFERS"))
  }
  all(good)
}

arguments <- commandArgs(TRUE)
folder <- if (length(arguments)) arguments[1] else own_folder()
options(warn = 1)
holds <- tryCatch(verify(folder), error = function(problem) {
  cat("cannot be verified:", conditionMessage(problem), "\n")
  FALSE
})
quit(status = if (holds) 0 else 1)
