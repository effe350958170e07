//! `holdline doctor`: why a module does not reach a server, and whose that is.

use crate::Outcome;
use crate::doctor::{
    Audience, Exam, Finding, IdleLimits, Roots, Target, TlsExam, Verdict, Weight, ms,
};
use crate::duration;
use crate::report::Mistake;
use crate::tls::{Trusted, certificates};
use crate::words::Lang;
use anyhow::Context;
use holdline_modem::{TlsFailure, TlsFile};
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Args {
    /// The server, as the script names it
    #[arg(value_name = "HOST:PORT", value_parser = target)]
    target: Target,
    /// Look at the server's TLS: version, cipher, certificates, and who vouches for them
    #[arg(long)]
    tls: bool,
    /// Judge the server's certificate by this file, as a script's `caCert`, not by this machine's
    /// authorities
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca: Option<PathBuf>,
    /// The name that the certificate has to bear [default: the host]
    #[arg(long, value_name = "NAME", requires = "tls")]
    host_name: Option<String>,
    /// Find how long a silent connection is kept, trying up to this long
    #[arg(long, value_name = "MAX", value_parser = duration::parse, num_args = 0..=1,
          default_missing_value = "15m")]
    idle: Option<Duration>,
    /// What to say to the server, such as the script's heartbeat; knows \r, \n, \t, \\ and \xHH
    #[arg(long, value_name = "TEXT", value_parser = probe)]
    probe: Option<Probe>,
    /// Say nothing to the server, not even to find out whether it speaks TLS
    #[arg(long, conflicts_with = "probe")]
    listen_only: bool,
    /// Judge for scripts that run on this machine, not for a module on the mobile network
    #[arg(long)]
    from_here: bool,
    /// How long a connection or an answer may take
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "10s")]
    timeout: Duration,
    /// How long to listen whether the server speaks first
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "1500ms")]
    listen: Duration,
    /// Write one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// Bytes to say.
#[derive(Clone, Debug)]
struct Probe(Vec<u8>);

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let exam = args.exam(lang)?;
    let mut desk = Desk { lang, json: args.json, findings: Vec::new(), failure: None };
    desk.say(&format!("{}\n", lang.doctor_looks_at(&exam.target.to_string())));
    exam.run(&mut desk);
    let verdict = Verdict::on(&desk.findings);
    if args.json {
        desk.write_json(verdict, args)
    } else {
        desk.write_verdict(verdict, args)
    }
    if let Some(error) = desk.failure.filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        return Err(error).with_context(|| lang.cannot_write_findings());
    }
    Ok(match verdict {
        Verdict::Open => Outcome::Done,
        Verdict::Blocked => Outcome::Failed,
        Verdict::Unclear => Outcome::Unclear,
    })
}

impl Args {
    fn exam(&self, lang: Lang) -> anyhow::Result<Exam> {
        let probe = self.probe.as_ref().map(|probe| probe.0.clone());
        let idle = |longest| IdleLimits { longest, probe: probe.clone(), patience: self.timeout };
        let tls = self.tls.then(|| -> anyhow::Result<TlsExam> {
            let host = self.host_name.clone().unwrap_or_else(|| self.target.host.clone());
            Ok(TlsExam { roots: self.roots(lang)?, host })
        });
        Ok(Exam {
            target: self.target.clone(),
            patience: self.timeout.max(Duration::from_millis(1)),
            listen: self.listen,
            from_here: self.from_here,
            listen_only: self.listen_only,
            idle: self.idle.map(idle),
            tls: tls.transpose()?,
            probe,
        })
    }

    /// What the server's certificate is judged by.
    fn roots(&self, lang: Lang) -> anyhow::Result<Roots> {
        let Some(path) = &self.ca else {
            return Ok(Roots::of_system());
        };
        let text = std::fs::read(path).with_context(|| lang.cannot_read_authorities(path))?;
        let certificates = certificates(TlsFile::CaCert, &text)
            .map_err(|fault| lang.tls_failure(&TlsFailure::File { file: TlsFile::CaCert, fault }))
            .map_err(anyhow::Error::msg)
            .with_context(|| lang.cannot_read_authorities(path))?;
        Ok(Roots::File(Trusted::new(certificates)))
    }
}

/// Where findings are written while they come.
struct Desk {
    lang: Lang,
    json: bool,
    findings: Vec<Finding>,
    /// Why nothing more is written.
    failure: Option<io::Error>,
}

impl Audience for Desk {
    fn found(&mut self, finding: Finding) {
        let text = self.lang.finding(&finding);
        let step = self.lang.step(&finding);
        self.say(&format!("{} {} {text}\n", mark(finding.weight()), padded(step)));
        self.findings.push(finding);
    }

    fn waits(&mut self, time: Duration, ended: usize, of: usize) {
        let mut err = io::stderr();
        if self.json || !err.is_terminal() {
            return;
        }
        let text = self.lang.idle_under_way(ms(time), ended, of);
        let end = if ended == of { "\r\x1b[K" } else { "" };
        // With stderr closed there is nobody to tell.
        let _ = write!(err, "\r\x1b[K{text}{end}").and_then(|()| err.flush());
    }
}

impl Desk {
    /// Says something to a person.
    fn say(&mut self, text: &str) {
        if !self.json {
            self.write(text);
        }
    }

    fn write(&mut self, text: &str) {
        if self.failure.is_none() {
            let mut out = io::stdout();
            self.failure = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
        }
    }

    fn write_verdict(&mut self, verdict: Verdict, args: &Args) {
        let lang = self.lang;
        let (label, advice) = (lang.verdict_label(), lang.advice_label());
        let mut text =
            format!("\n{}\n", lang.labelled(label, lang.verdict(verdict, args.from_here)));
        for finding in &self.findings {
            let whose = match finding.weight() {
                Weight::Blocks(whose) => Some(lang.whose(whose)),
                Weight::Unclear | Weight::Note => None,
                Weight::Fine => continue,
            };
            let Some(way_out) = lang.advice(finding) else { continue };
            let step = lang.step(finding);
            let head = whose.map_or_else(|| step.to_owned(), |whose| lang.step_and(step, whose));
            let finding = lang.labelled(&head, &lang.finding(finding));
            text += &format!("  {finding}\n  {}\n", lang.labelled(advice, &way_out));
        }
        if verdict == Verdict::Open && !args.from_here {
            text += &format!("  {}\n", lang.still_failing());
        }
        self.say(&text);
    }

    fn write_json(&mut self, verdict: Verdict, args: &Args) {
        let steps: Vec<Value> = self.findings.iter().map(|finding| self.as_json(finding)).collect();
        let whole = json!({
            "target": args.target.to_string(),
            "verdict": verdict,
            "text": self.lang.verdict(verdict, args.from_here),
            "steps": steps,
        });
        self.write(&format!("{whole}\n"));
    }

    /// A finding with what it means and the words for it.
    fn as_json(&self, finding: &Finding) -> Value {
        let mut value = serde_json::to_value(finding).unwrap_or_default();
        value["weight"] = match finding.weight() {
            Weight::Fine => json!("fine"),
            Weight::Note => json!("note"),
            Weight::Unclear => json!("unclear"),
            Weight::Blocks(whose) => {
                value["whose"] = json!(whose);
                json!("blocks")
            }
        };
        value["text"] = json!(self.lang.finding(finding));
        if finding.weight() != Weight::Fine {
            value["advice"] = json!(self.lang.advice(finding));
        }
        value
    }
}

fn mark(weight: Weight) -> &'static str {
    match weight {
        Weight::Fine => "[ok]",
        Weight::Note => "[--]",
        Weight::Unclear => "[??]",
        Weight::Blocks(_) => "[!!]",
    }
}

/// A label, as wide as the widest. A Chinese letter is two columns wide.
fn padded(label: &str) -> String {
    const WIDTH: usize = 8;
    let columns: usize = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{label}{}", " ".repeat(WIDTH.saturating_sub(columns)))
}

fn target(text: &str) -> Result<Target, Mistake> {
    Target::parse(text).ok_or_else(|| Mistake::Target { given: text.to_owned() })
}

fn probe(text: &str) -> Result<Probe, Mistake> {
    let wrong = || Mistake::Probe { given: text.to_owned() };
    let mut bytes = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.to_string().into_bytes());
            continue;
        }
        bytes.push(match rest.next().ok_or_else(wrong)? {
            'r' => b'\r',
            'n' => b'\n',
            't' => b'\t',
            '0' => 0,
            '\\' => b'\\',
            'x' => {
                let digits: String = rest.by_ref().take(2).collect();
                let is_hex = digits.len() == 2 && digits.chars().all(|c| c.is_ascii_hexdigit());
                let byte = is_hex.then(|| u8::from_str_radix(&digits, 16).ok()).flatten();
                byte.ok_or_else(wrong)?
            }
            _ => return Err(wrong()),
        });
    }
    if bytes.is_empty() { Err(wrong()) } else { Ok(Probe(bytes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_may_be_any_bytes() {
        let bytes = |text| probe(text).map(|probe| probe.0);
        assert_eq!(bytes(r"a\r\n\t\0\\\x00\xFf").unwrap(), b"a\r\n\t\0\\\x00\xff");
        assert_eq!(bytes("心跳").unwrap(), "心跳".as_bytes());
        for text in ["", r"\", r"\q", r"\x", r"\xg0", r"\x0", r"\x+1"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn labels_are_as_wide_in_both_languages() {
        assert_eq!(padded("idle"), "idle    ");
        assert_eq!(padded("静默"), "静默    ");
    }
}
