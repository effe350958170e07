//! What happened as a table: time, device, line, server.

use super::Style;
use crate::console::clean;
use crate::testing::story::{Actor, Case, Failure, Row, Story, What};
use crate::words::Lang;
use holdline_modem::Instant;
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a time: 9999 hours with milliseconds.
const TIME: usize = 13;

/// Columns of the line's number with an arrow.
const LINE: usize = 6;

const BETWEEN: &str = " | ";

/// Rows around a fault, and before the end, that a short timeline shows.
const BEFORE: usize = 4;
const AFTER: usize = 8;

/// Rows on each side of a moment that a failure is about.
const NEAR: usize = 1;

/// Lines that a row of a longer one may take.
const LINES_MAX: usize = 2;

/// The whole story, every cell in full.
pub(crate) fn table(case: &Case, style: Style) -> String {
    let mut text = head(&case.story, style);
    for row in &case.story.rows {
        text.push_str(&lines(&case.story, row, style, usize::MAX));
    }
    text
}

/// The rows around the last fault before a failure, around what it is about, and just before it, one
/// line each. What the script printed is left out, unless it is that.
pub(crate) fn excerpt(case: &Case, failure: &Failure, style: Style) -> String {
    let is_wanted = |row: &&Row| {
        let is_quiet = matches!(row.what, What::Log(_) | What::Expected { held: true, .. });
        row.at <= failure.at && (!is_quiet || failure.around.contains(&row.at))
    };
    let rows: Vec<_> = case.story.rows.iter().filter(is_wanted).collect();
    let fault = rows.iter().rposition(|row| matches!(row.what, What::FaultBegan(_)));
    let around = fault.map_or(0..0, |at| at.saturating_sub(BEFORE)..at + 1 + AFTER);
    let near = failure.around.iter().map(|moment| {
        let at = rows.partition_point(|row| row.at < *moment);
        at.saturating_sub(NEAR)..at + 1 + NEAR
    });
    let end = rows.len().saturating_sub(BEFORE)..rows.len();
    let shown: Vec<_> = near.chain([around, end]).collect();
    let mut text = head(&case.story, style);
    let mut missing = 0;
    for (at, row) in rows.iter().enumerate() {
        if !shown.iter().any(|stretch| stretch.contains(&at)) {
            missing += 1;
            continue;
        }
        text.push_str(&gap(&mut missing, style.lang));
        text.push_str(&lines(&case.story, row, style, 1));
    }
    text
}

/// The first and the last so many rows from `begin` on, a line or two each.
pub(crate) fn since(
    case: &Case,
    begin: Duration,
    (first, last): (usize, usize),
    style: Style,
) -> String {
    let rows = &case.story.rows;
    let rows = &rows[rows.partition_point(|row| row.at < begin)..];
    let left_out = first..rows.len().saturating_sub(last);
    let mut text = head(&case.story, style);
    for (at, row) in rows.iter().enumerate() {
        if !left_out.contains(&at) {
            text.push_str(&lines(&case.story, row, style, LINES_MAX));
        } else if at == first {
            let told = style.lang.rows_left_out(left_out.len());
            text.push_str(&format!("{:TIME$}{BETWEEN}{told}\n", ""));
        }
    }
    text
}

/// A line for the rows that were left out, if there are any.
fn gap(missing: &mut usize, lang: Lang) -> String {
    match std::mem::take(missing) {
        0 => String::new(),
        missing => format!("{:TIME$}{BETWEEN}{}\n", "", lang.rows_not_shown(missing)),
    }
}

/// The two wide columns of a table that fills `style.columns`.
fn widths(style: Style) -> (usize, usize) {
    let rest = style.columns - TIME - LINE - 3 * BETWEEN.len();
    (rest - rest / 2, rest / 2)
}

fn head(story: &Story, style: Style) -> String {
    let (device, server) = widths(style);
    let [time, one, line, other] = style.lang.heads_of_story();
    let count = |is: fn(&Actor) -> bool| story.actors.iter().filter(|actor| is(actor)).count();
    let named = |name: &str, actors: usize, only: Option<&Actor>| match only {
        Some(actor) if actors == 1 => style.lang.actor(actor),
        Some(_) | None => name.to_owned(),
    };
    let is_server = |actor: &Actor| matches!(actor, Actor::Server { .. });
    let the_server = story.actors.iter().find(|actor| is_server(actor));
    let other = named(other, count(is_server), the_server);
    let cells = [pad(time, TIME), pad(one, device), pad(line, LINE), clip(&other, server)];
    let rule = [TIME, device, LINE, server].map(|width| "-".repeat(width)).join("-+-");
    format!("{}\n{rule}\n", style.paint("1", cells.join(BETWEEN).trim_end()))
}

/// A row as lines of the table, at most `lines_max` of them.
fn lines(story: &Story, row: &Row, style: Style, lines_max: usize) -> String {
    let (device, server) = widths(style);
    let time = Instant::from_micros(u64::try_from(row.at.as_micros()).unwrap_or(u64::MAX));
    let said = named(story, row, style.lang);
    let line = mark(&row.what);
    let side = Side::of(story, row);
    let width = match side {
        Side::Device => device,
        Side::Server => server,
        Side::Both => device + LINE + server + 2 * BETWEEN.len(),
    };
    let mut text = String::new();
    for (at, piece) in wrap(&said, width, lines_max).into_iter().enumerate() {
        let time = if at == 0 { time.to_string() } else { String::new() };
        let line = if at == 0 { line.as_str() } else { "" };
        let piece = pad(&piece, width);
        let cells = match side {
            Side::Device => {
                format!("{}{BETWEEN}{}{BETWEEN}", paint(&piece, row, style), pad(line, LINE))
            }
            Side::Server => {
                let cell = paint(&piece, row, style);
                format!("{:device$}{BETWEEN}{}{BETWEEN}{cell}", "", pad(line, LINE))
            }
            Side::Both => paint(&piece, row, style),
        };
        text.push_str(&format!("{}{BETWEEN}{}\n", pad(&time, TIME), cells.trim_end()));
    }
    text
}

/// Where in the table a row stands.
#[derive(Clone, Copy)]
enum Side {
    Device,
    Server,
    /// Over all columns but the time's.
    Both,
}

impl Side {
    fn of(story: &Story, row: &Row) -> Self {
        match story.actors.get(row.actor) {
            Some(Actor::Device(_)) => Self::Device,
            Some(Actor::Server { .. }) => Self::Server,
            Some(Actor::World) | None => Self::Both,
        }
    }
}

/// What happened, with whose it is where there are several of them.
fn named(story: &Story, row: &Row, lang: Lang) -> String {
    let said = lang.happened(&row.what).replace('\t', "    ");
    let Some(actor) = story.actors.get(row.actor) else { return said };
    let is_alike = |other: &&Actor| std::mem::discriminant(*other) == std::mem::discriminant(actor);
    match story.actors.iter().filter(is_alike).count() {
        0 | 1 => said,
        _ => match actor {
            // The column says that it is a server.
            Actor::Server { host, port } => {
                let host = clean(host.as_deref().unwrap_or_default().as_bytes());
                format!("{host}:{port}: {said}")
            }
            Actor::World | Actor::Device(_) => format!("{}: {said}", lang.actor(actor)),
        },
    }
}

/// The number of the line that a row is about, and which way it points.
fn mark(what: &What) -> String {
    match what {
        What::Dialled { line, .. } => format!("{} ..>", line.socket.0),
        What::Connected { line } => format!("{} ===", line.socket.0),
        What::Sent { line, .. } => format!("{} -->", line.socket.0),
        What::Received { line, .. } => format!("{} <--", line.socket.0),
        What::ConnectFailed { line, .. }
        | What::Ended { line, .. }
        | What::Closed { line }
        | What::BrokenOff { line } => format!("{} -x-", line.socket.0),
        What::Accepted { .. } => "===".to_owned(),
        What::ServerReceived { .. } => "-->".to_owned(),
        What::ServerSent { .. } => "<--".to_owned(),
        What::Refused { .. } | What::ServerClosed { .. } => "-x-".to_owned(),
        What::PoweredOn
        | What::Restarting(_)
        | What::PoweredOff
        | What::Online
        | What::Offline
        | What::Log(_)
        | What::Notice(_)
        | What::UartSent { .. }
        | What::UartReceived { .. }
        | What::FaultBegan(_)
        | What::FaultEnded(_)
        | What::Expected { .. } => String::new(),
    }
}

/// Faults and what went wrong by them stand out; what the script printed steps back.
fn paint(text: &str, row: &Row, style: Style) -> String {
    match &row.what {
        What::FaultBegan(_) | What::FaultEnded(_) => style.paint("33", text),
        What::Expected { held: false, .. }
        | What::Restarting(_)
        | What::Refused { .. }
        | What::ConnectFailed { .. }
        | What::Ended { .. } => style.paint("31", text),
        What::Log(_) => style.paint("2", text),
        What::PoweredOn
        | What::PoweredOff
        | What::Online
        | What::Offline
        | What::Dialled { .. }
        | What::Connected { .. }
        | What::Closed { .. }
        | What::BrokenOff { .. }
        | What::Sent { .. }
        | What::Received { .. }
        | What::Notice(_)
        | What::UartSent { .. }
        | What::UartReceived { .. }
        | What::Accepted { .. }
        | What::ServerReceived { .. }
        | What::ServerSent { .. }
        | What::ServerClosed { .. }
        | What::Expected { held: true, .. } => text.to_owned(),
    }
}

/// `text` in pieces of at most `width` columns, at most `lines_max` of them.
fn wrap(text: &str, width: usize, lines_max: usize) -> Vec<String> {
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            // Between words, unless that leaves much of the line empty.
            let end = piece.rfind(' ').filter(|at| *at >= piece.len() / 2);
            let rest = piece.split_off(end.map_or(piece.len(), |at| at + 1));
            used = rest.width();
            pieces.push(std::mem::replace(&mut piece, rest));
        }
        piece.push(c);
        used += wide;
    }
    pieces.push(piece);
    if pieces.len() > lines_max {
        let rest = pieces.split_off(lines_max - 1).concat();
        pieces.push(clip(&rest, width));
    }
    pieces
}

/// `text` in at most `width` columns; what is cut off is marked.
pub(super) fn clip(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut clipped, mut used) = (String::new(), 3);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        clipped.push(c);
    }
    clipped + "..."
}

/// `text` and spaces, `width` columns together.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests;
