//! In which language somebody is answered.

use axum::http::{HeaderMap, header};
use holdline_peer::fault::Sentences;

/// The cookie that keeps what was chosen on the page, and for how long: a year.
const COOKIE: &str = "holdline-language";
const COOKIE_SECONDS: u32 = 31_536_000;

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
    /// The one that was chosen on the page, else the one that `Accept-Language` likes best; English
    /// where nothing speaks of either.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self::chosen(headers).unwrap_or_else(|| Self::wished(headers))
    }

    /// The header that keeps a choice.
    pub(super) fn cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Strict", self.tag())
    }

    /// The one with this name on the web.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        [Self::En, Self::Zh].into_iter().find(|lang| lang.tag() == tag)
    }

    fn chosen(headers: &HeaderMap) -> Option<Self> {
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|all| all.split(';')).filter_map(|one| one.split_once('='));
        let (_, tag) = pairs.find(|(name, _)| name.trim() == COOKIE)?;
        Self::of_tag(tag.trim())
    }

    fn wished(headers: &HeaderMap) -> Self {
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

#[test]
fn a_choice_counts_more_than_what_the_browser_likes() {
    let of = |cookie: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "zh".parse().expect("a header"));
        headers.insert(header::COOKIE, cookie.parse().expect("a header"));
        Lang::of(&headers)
    };
    assert_eq!(of("a=b; holdline-language=en"), Lang::En);
    assert_eq!(of(Lang::En.cookie().split(';').next().expect("a pair")), Lang::En);
    assert_eq!(of("holdline-language=xx"), Lang::Zh);
}
