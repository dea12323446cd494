//! Reading variables, and remembering everything that is wrong with them.

use std::fmt;

/// A setting's name in the environment, and what a right value looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) example: &'static str,
    /// What it is for, in a sentence or two. One without stands with the one before it.
    pub(super) about: &'static str,
    /// A secret's value is never shown, not even a wrong one.
    is_secret: bool,
}

impl Variable {
    pub(super) const fn open(name: &'static str, example: &'static str) -> Self {
        Self { name, example, about: "", is_secret: false }
    }

    pub(super) const fn secret(name: &'static str, example: &'static str) -> Self {
        Self { name, example, about: "", is_secret: true }
    }

    pub(super) const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }
}

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    pub variable: &'static str,
    pub problem: String,
    pub example: &'static str,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, problem, example } = self;
        write!(f, "{variable} {problem}; for example {variable}={example}")
    }
}

/// Everything that is wrong with the configuration, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigFaults {}

/// The variables, and the faults found in them so far.
pub(super) struct Environment<L> {
    lookup: L,
    pub(super) faults: Vec<ConfigFault>,
}

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    pub(super) fn new(lookup: L) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// The value, trimmed. An empty one is as good as none: that is what a commented-out line of a `.env` file becomes.
    pub(super) fn text(&self, variable: Variable) -> Option<String> {
        (self.lookup)(variable.name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The parsed value; nothing when it is absent, and nothing and a fault when it is wrong. `parse` says what is wrong in
    /// words that follow "the value", without quoting it.
    pub(super) fn optional<T>(
        &mut self,
        variable: Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(variable)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(problem) if variable.is_secret => self.fault(variable, problem),
            Err(problem) => self.fault(variable, format!("(now {text:?}) {problem}")),
        }
    }

    /// As [`Environment::optional`], and a fault also when it is absent.
    pub(super) fn required<T>(
        &mut self,
        variable: Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.text(variable).is_none() {
            return self.fault(variable, "is not set");
        }
        self.optional(variable, parse)
    }

    pub(super) fn fault<T>(&mut self, variable: Variable, problem: impl Into<String>) -> Option<T> {
        let Variable { name, example, .. } = variable;
        self.faults.push(ConfigFault { variable: name, problem: problem.into(), example });
        None
    }
}
