//! What wasm-bindgen makes is written to be read: names that tell what they are and carry a hash, in the wasm and once more in the
//! script, and comments. A browser needs none of it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, Module, ModuleConfig, RefType};

/// Classes for streams, which leptos brings along for its server functions. We have none (ADR 1), but what a library exports stays.
const UNUSED: &str = "intounderlying";
const MODULE: &str = "./balloond_bg.js";
const SHORT_MODULE: &str = "b";

/// A wasm and the script that loads it.
pub struct Shrunk {
    pub wasm: Vec<u8>,
    pub script: String,
}

/// The same wasm and script, shorter.
pub fn shrink(wasm: &[u8], script: &str) -> Result<Shrunk> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(wasm).context("what wasm-bindgen made cannot be read")?;
    let unused: Vec<_> =
        module.exports.iter().filter(|export| export.name.contains(UNUSED)).map(|export| export.id()).collect();
    unused.into_iter().for_each(|export| module.exports.delete(export));
    mend_table(&mut module);
    walrus::passes::gc::run(&mut module);
    let names = shorten(&mut module);
    let script = tidy(script, &names);
    for import in module.imports.iter().filter(|import| import.module == SHORT_MODULE) {
        ensure!(
            script.contains(&format!("\n{}: ", import.name)),
            "wasm-bindgen writes its scripts otherwise: {} is lost",
            import.name
        );
    }
    Ok(Shrunk { wasm: module.emit_wasm(), script })
}

/// Only one table is exported, that of JavaScript's values; binaryen 108, which Debian 12 has, exports the first one instead, and the
/// wasm does not even start.
fn mend_table(module: &mut Module) {
    let values = module.tables.iter().find(|table| table.element_ty == RefType::EXTERNREF).map(|table| table.id());
    for export in module.exports.iter_mut() {
        if let (ExportItem::Table(table), Some(values)) = (&mut export.item, values) {
            *table = values;
        }
    }
}

/// Gives short names to what the script and the wasm know each other by: of old names, the new ones.
fn shorten(module: &mut Module) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for import in module.imports.iter_mut() {
        import.name = short(&mut names, &import.name);
        if import.module == MODULE {
            import.module = SHORT_MODULE.to_owned();
        }
    }
    // What has a plain name is for others to call.
    for export in module.exports.iter_mut().filter(|export| export.name.contains("__")) {
        export.name = short(&mut names, &export.name);
    }
    names
}

fn short(names: &mut BTreeMap<String, String>, name: &str) -> String {
    let next = format!("${}", names.len());
    names.entry(name.to_owned()).or_insert(next).clone()
}

/// The script without comments, indentation, and what the wasm does not import any more; `names`: of all that is left.
fn tidy(script: &str, names: &BTreeMap<String, String>) -> String {
    let mut tidied = String::with_capacity(script.len());
    let (mut in_class, mut in_function) = (false, false);
    for line in script.lines() {
        // Continued lines are indented, or close what was opened.
        if !line.starts_with([' ', '}']) && !line.is_empty() {
            in_class = line.to_lowercase().contains(UNUSED);
        }
        if let Some((name, _)) =
            line.trim_start().split_once(": function(").filter(|(name, _)| name.starts_with("__wb"))
        {
            in_function = !names.contains_key(name);
        }
        let is_unused = in_class || in_function;
        if in_function && matches!(line.trim(), "}," | "}, arguments); },") {
            in_function = false;
        }
        let code = line.trim();
        if !is_unused && !code.is_empty() && !["//", "/*", "*"].iter().any(|comment| code.starts_with(comment)) {
            rename(code, names, &mut tidied);
            tidied.push('\n');
        }
    }
    tidied
}

fn rename(code: &str, names: &BTreeMap<String, String>, out: &mut String) {
    for word in
        code.replace(MODULE, SHORT_MODULE).split_inclusive(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
    {
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
        let rest = word.get(name.len()..).unwrap_or_default();
        out.push_str(names.get(name).map_or(name, |short| short));
        out.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
/**
 * Comes alive.
 */
export function hydrate() {
    wasm.hydrate();
}
export class IntoUnderlyingSink {
    free() {
    }
}
if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = 1;

const import0 = {
        __wbg_ask_0123: function(arg0) {
            // Why.
            return wasm.__wbindgen_malloc(arg0);
        },
        __wbg_gone_4567: function() { return handleError(function (arg0) {
            arg0.gone();
        }, arguments); },
};
const all = { \"./balloond_bg.js\": import0 };
";

    #[test]
    fn a_script_keeps_what_is_used() {
        let names = [("__wbg_ask_0123", "$0"), ("__wbindgen_malloc", "$1")];
        let names = names.map(|(old, new)| (old.to_owned(), new.to_owned())).into();
        let tidied = "\
export function hydrate() {
wasm.hydrate();
}
const import0 = {
$0: function(arg0) {
return wasm.$1(arg0);
},
};
const all = { \"b\": import0 };
";
        assert_eq!(tidy(SCRIPT, &names), tidied);
    }

    #[test]
    fn the_table_that_is_exported_is_of_javascripts_values() {
        let mut module = Module::default();
        let functions = module.tables.add_local(false, 1, None, RefType::FUNCREF);
        let values = module.tables.add_local(false, 1, None, RefType::EXTERNREF);
        module.exports.add("__wbindgen_externrefs", functions);
        mend_table(&mut module);
        assert!(module.exports.get_exported_table(values).is_some());
        assert!(module.exports.get_exported_table(functions).is_none());
    }
}
