//! In which language somebody is answered.

use axum::http::{HeaderMap, header};
use holdline_peer::fault::Sentences;

/// The languages that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// The one that `Accept-Language` likes best; English where it says nothing of either.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wishes = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wishes = wishes.unwrap_or_default().split(',').filter_map(wish);
        // Of equal wishes the first counts.
        let best = wishes.reduce(|best, wish| if wish.1 > best.1 { wish } else { best });
        best.map_or_else(Self::default, |(lang, _)| lang)
    }

    /// As the web names it.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// One sentence of two.
    pub(super) fn pick(self, sentences: &Sentences) -> &str {
        match self {
            Self::En => &sentences.en,
            Self::Zh => &sentences.zh,
        }
    }
}

/// A language and how much it is liked, from `zh-CN;q=0.8`.
fn wish(text: &str) -> Option<(Lang, f32)> {
    let (tag, rest) = text.split_once(';').unwrap_or((text, "q=1"));
    let liked: f32 = rest.trim().strip_prefix("q=")?.parse().ok()?;
    let name = tag.trim().split('-').next()?.to_ascii_lowercase();
    let lang = match name.as_str() {
        "en" => Lang::En,
        "zh" => Lang::Zh,
        _ => return None,
    };
    (liked > 0.0).then_some((lang, liked))
}

#[test]
fn the_language_is_what_the_browser_likes_best() {
    let of = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, text.parse().expect("a header"));
        Lang::of(&headers)
    };
    assert_eq!(Lang::of(&HeaderMap::new()), Lang::En);
    for chinese in ["zh", "zh-CN,zh;q=0.9,en;q=0.8", "fr, ZH-tw;q=0.5", "en;q=0.3,zh;q=0.4"] {
        assert_eq!(of(chinese), Lang::Zh, "{chinese}");
    }
    for english in ["", "fr", "en,zh", "en-US,en;q=0.9,zh;q=0.8", "zh;q=0", "zh;q=x", "zh;;"] {
        assert_eq!(of(english), Lang::En, "{english}");
    }
}
