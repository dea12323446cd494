//! A form's fields: a label, a control, a hint and what is wrong, tied together for everybody.

use balloond_shared::{ApiError, ErrorCode, FieldErrors};
use leptos::prelude::*;

/// Why a form was refused: a sentence above it, or sentences beside its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    pub sentence: Option<String>,
    pub fields: FieldErrors,
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        match error.code {
            ErrorCode::Invalid => Self { sentence: None, fields: error.errors },
            _ => Self { sentence: Some(error.title), fields: FieldErrors::default() },
        }
    }
}

impl Refused {
    /// The sentence about `field`.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.fields.of(field).map(str::to_owned)
    }
}

/// What is wrong with a form as a whole.
pub fn form_alert(refused: &Refused) -> impl IntoView + use<> {
    refused.sentence.clone().map(|sentence| view! { <p class="alert" role="alert">{sentence}</p> })
}

/// What is wrong, inside an island; read out when it comes.
pub fn live_error(sentence: RwSignal<Option<String>>, id: Option<String>) -> AnyView {
    let is_well = Signal::derive(move || sentence.with(Option::is_none));
    let sentence = Signal::derive(move || sentence.get().unwrap_or_default());
    view! {
        <p class="error" id=id role="alert" hidden=is_well>
            {sentence}
        </p>
    }
    .into_any()
}

/// The ids of what describes a field, for `aria-describedby`.
fn describedby(id: &str, hint: bool, error: bool) -> Option<String> {
    let ids: Vec<_> = [(hint, "hint"), (error, "error")]
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, part)| format!("{id}-{part}"))
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// One line of input. Its id is its name. No `maxlength`: it would cut a pasted text without a word, and counts UTF-16.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    error: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                inputmode=inputmode
                required=required
                // Of several, the first gets the focus.
                autofocus=error.is_some()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=describedby(name, hint.is_some(), error.is_some())
            />
            {field_notes(name, hint, error)}
        </div>
    }
}

/// The password of whoever is signed in, asked again before what opens or ends an account.
pub fn own_password(refused: &Refused) -> impl IntoView + use<> {
    view! {
        <Field
            name="password"
            label="Your password"
            kind="password"
            error=refused.of("password")
            autocomplete="current-password"
        />
    }
}

/// Several lines of input.
#[component]
pub fn TextField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    error: Option<String>,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                id=name
                name=name
                rows=rows
                autofocus=error.is_some()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=describedby(name, hint.is_some(), error.is_some())
            >
                {textarea_content(&value)}
            </textarea>
            {field_notes(name, hint, error)}
        </div>
    }
}

/// Text as a `<textarea>` has to hold it: leptos escapes nothing in one, though HTML reads character references there
/// (13.1.2.2, escapable raw text).
#[must_use]
pub fn textarea_content(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Lines that a field with a message grows to.
const MOST_ROWS: usize = 7;

/// The rows that a field with a message has for its text.
#[must_use]
pub fn rows_of(text: &str) -> u32 {
    let lines = text.lines().count() + usize::from(text.ends_with('\n'));
    u32::try_from(lines.clamp(1, MOST_ROWS)).unwrap_or(1)
}

fn field_notes(name: &str, hint: Option<String>, error: Option<String>) -> impl IntoView + use<> {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    view! {
        {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        {error.map(|error| view! { <p class="error" id=error_id>{error}</p> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_textarea() {
        let field =
            view! { <TextField name="bio" label="About you" value="</textarea><b>&amp;" error=None /> }.to_html();
        assert!(field.contains("&lt;/textarea>&lt;b>&amp;amp;</textarea>"), "{field}");
    }

    #[test]
    fn a_field_is_described_by_what_is_there() {
        assert_eq!(describedby("age", false, false), None);
        assert_eq!(describedby("age", true, true).as_deref(), Some("age-hint age-error"));
    }
}
