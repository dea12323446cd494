//! Passwords that are tried first: the 5000 most common ones that are long enough to be taken at all (OWASP ASVS 5.0, 6.2.4), and
//! what anybody knows of their owner (6.2.11).
//!
//! The list is the beginning of the one in zxcvbn (MIT License, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.; of the Rust port,
//! Copyright (c) 2016 Joshua Holmer), sorted.

use balloond_shared::FieldErrors;

/// In lower case, a line each, sorted by their bytes.
const COMMON: &str = include_str!("common_passwords.txt");
/// What the product is called.
const OURS: [&str; 3] = ["balloond", "balloon'd", "balloon"];
/// Characters that people add to a word where a password needs some, at most.
const TRIMMINGS: usize = 4;

/// Refuses a password that is guessed at once. `about`: what others know of its owner, such as a name.
pub(super) fn refuse_common(password: &str, about: &[&str]) -> Result<(), FieldErrors> {
    if !is_common(password, about) {
        return Ok(());
    }
    let sentence =
        "This is among the first that are tried. A few words that have nothing to do with each other are better.";
    Err(FieldErrors::one("password", "too_common", sentence))
}

fn is_common(password: &str, about: &[&str]) -> bool {
    let typed = password.to_lowercase();
    let word = typed.trim_matches(|c: char| !c.is_alphabetic());
    let is_trimmed = typed.chars().count() - word.chars().count() <= TRIMMINGS;
    let of_owner = about.iter().flat_map(|known| [*known, known.split('@').next().unwrap_or_default()]);
    let known: Vec<_> = of_owner.chain(OURS).map(str::to_lowercase).filter(|known| !known.is_empty()).collect();
    let is_easy = |text: &str| is_listed(text) || known.iter().any(|known| known == text);
    is_easy(&typed) || (is_trimmed && is_easy(word))
}

/// Looks a line up, by halves.
fn is_listed(text: &str) -> bool {
    let mut rest = COMMON;
    loop {
        let (before, after) = rest.split_at_checked(rest.len() / 2).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = after.find('\n').map_or(rest.len(), |end| before.len() + end);
        let line = rest.get(start..end).unwrap_or_default();
        rest = match line.cmp(text) {
            _ if rest.is_empty() => return false,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => rest.get(..start).unwrap_or_default(),
            std::cmp::Ordering::Less => rest.get(end + 1..).unwrap_or_default(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.len() > 3000 && lines.is_sorted() && lines.iter().all(|line| line.is_ascii() && line.len() >= 8));
        assert!(lines.iter().all(|line| is_listed(line)));
        for other in ["", "\n", "a", "zzzzzzzzzzzz", "passwor", "password\n", "correct horse battery", "é"] {
            assert!(!is_listed(other), "{other}");
        }
    }

    #[test]
    fn what_is_guessed_at_once_is_refused() {
        let about = ["mia.stone@example.com", "Miranda"];
        for easy in [
            "password",
            "PassWord",
            "Password1!",
            "12345678",
            "qwertyuiop",
            "Balloond",
            "balloon'd2026",
            "miranda1",
            "mia.stone",
            "MIA.STONE@example.com",
            "!sunshine!",
        ] {
            assert!(is_common(easy, &about), "{easy}");
        }
        for good in ["correct horse", "password of mine", "sunshine48213907465", "Miranda likes clocks", "ééééééééé"]
        {
            assert!(!is_common(good, &about), "{good}");
        }
    }
}
