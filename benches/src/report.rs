//! One row a figure: what, plain, Holdline, ratio, goal.

/// The head of the table.
pub(crate) fn heading() {
    println!("{:<44} {:>14} {:>14} {:>8}  goal", "", "plain", "holdline", "ratio");
}

/// One row. `pairs` are (plain, Holdline), taken in turn.
pub(crate) fn row(what: &str, unit: &str, pairs: &[(f64, f64)], goal: &str) {
    let plain = median(pairs.iter().map(|pair| pair.0));
    let ours = median(pairs.iter().map(|pair| pair.1));
    let ratio = median(pairs.iter().map(|pair| pair.1 / pair.0));
    println!("{:<44} {plain:>14.2} {ours:>14.2} {ratio:>7.2}x  {goal}", format!("{what}, {unit}"));
}

/// The middle value; of an even number, the lower of the two.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
