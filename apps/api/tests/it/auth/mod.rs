mod log_in;
mod log_out;
mod passkeys;
mod refresh;
mod register;

use std::collections::BTreeMap;

use crate::client::Answer;

/// The `name=value` pairs of the cookies that an answer sets, as a browser sends them back.
fn kept(answer: &Answer) -> String {
    answer.cookies().into_iter().filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// The attributes of each cookie that an answer sets, sorted.
fn attributes(answer: &Answer) -> BTreeMap<&str, Vec<&str>> {
    let cookies = answer.cookies().into_iter().filter_map(|cookie| {
        let (pair, attributes) = cookie.split_once(';')?;
        let mut attributes: Vec<_> = attributes.split(';').map(str::trim).collect();
        attributes.sort_unstable();
        Some((pair.split('=').next()?, attributes))
    });
    cookies.collect()
}
