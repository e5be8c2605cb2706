//! The contents of single files: their size, where generated ones come from, what must not be left in them.
//!
//! A line may be excused from one rule by a comment on it or just before it: `tidy: allow RULE: REASON`. RULE is the
//! word in brackets at the end of the finding.

use crate::tidy::Finding;

/// How many lines a written file may have before its tests: what one can read at a sitting.
const LINES_MAX: usize = 500;
/// In which of its first lines a generated file says how it is made again.
const HEADER_LINES: usize = 10;

// Put together here, so that this file does not find itself.
const GENERATED: &str = concat!("@", "generated");
const UNFINISHED: &[&str] = &[concat!("to", "do!"), concat!("unimple", "mented!"), concat!("#[ig", "nore")];
const MACHINE_PATHS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
/// Hosts of package registries: a mirror's or proxy's name says where something was built, and the public one is known.
const HOSTS: &[(&str, &[&str])] =
    &[("repo.", &["mav"]), ("registry.", &["npm"]), ("proxy.", &["gol"]), ("pypi.", &["o"])];
const SLEEPS: &[&str] = &["sleep", "sleep_ms", "sleep_until"];

/// All findings in the file `text` at `path`, which is relative to the checkout and has `/` between folders.
pub(crate) fn check(path: &str, text: &str) -> Vec<Finding> {
    // Written by cargo, names the registry.
    if path.ends_with("Cargo.lock") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut find = |line: usize, rule: &str, what: &str| {
        let place = if line == 0 { path.to_owned() } else { format!("{path}:{line}") };
        findings.push(Finding { place, what: format!("{what} [{rule}]") });
    };
    let rust = path.ends_with(".rs");
    let tests_from = if rust { first_test_line(text) } else { None };
    if text.lines().next().is_some_and(|line| line.contains(GENERATED)) {
        if !text.lines().take(HEADER_LINES).any(|line| line.contains("cargo xtask ")) {
            find(
                1,
                "generated",
                "a generated file must say in its first lines which `cargo xtask` command makes it again",
            );
        }
    } else if rust {
        let lines = tests_from.unwrap_or_else(|| text.lines().count());
        if lines > LINES_MAX {
            let what = format!(
                "{lines} lines before its tests, where {LINES_MAX} are the most: split it by what it owns"
            );
            find(0, "size", &what);
        }
    }
    let in_tests = is_test_file(path);
    let mut before = "";
    for (index, line) in text.lines().enumerate() {
        let mut find = |rule: &str, what: &str| {
            if !is_allowed(rule, before) && !is_allowed(rule, line) {
                find(index + 1, rule, what);
            }
        };
        if rust && UNFINISHED.iter().any(|word| line.contains(word)) {
            find("unfinished", "finish this, or take it out: nothing is committed that does not work");
        }
        if (in_tests || tests_from.is_some_and(|from| index >= from)) && sleeps(line) {
            find(
                "sleep",
                "a test waits for a condition, not for a time: a sleep is slow when it is long and flaky when it is not",
            );
        }
        if MACHINE_PATHS.iter().any(|path| names_path(line, path)) {
            find("place", "this names a folder of one machine: take the path from an argument or a variable");
        }
        if HOSTS.iter().any(|(host, rest)| names_host(line, host, rest)) {
            find(
                "place",
                "this names a package registry's host: which one is used is the machine's own setting",
            );
        }
        before = line;
    }
    findings
}

/// The index of the first line of the file's test module: `#[cfg(test)]`, and after it `mod NAME {`.
fn first_test_line(text: &str) -> Option<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    (0..lines.len()).find(|&index| {
        let after = lines[index + 1..].iter().find(|line| !line.starts_with("#["));
        lines[index].starts_with("#[cfg(test)]")
            && after.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    })
}

fn is_test_file(path: &str) -> bool {
    let folder = |name: &str| path.starts_with(&format!("{name}/")) || path.contains(&format!("/{name}/"));
    folder("tests") || folder("benches") || folder("crates/testkit") || path.ends_with("/tests.rs")
}

/// Whether the line calls a function that sleeps, in Rust, Python or Java, or runs `sleep 1`.
fn sleeps(line: &str) -> bool {
    SLEEPS.iter().any(|name| {
        line.match_indices(name).any(|(at, _)| {
            let whole = !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
            let rest = &line[at + name.len()..];
            let number = rest
                .strip_prefix(' ')
                .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
            whole && (rest.starts_with('(') || number)
        })
    })
}

/// Whether the line names this folder of a machine, and not a folder of that name below another.
fn names_path(line: &str, path: &str) -> bool {
    let below = |letter: char| letter.is_alphanumeric() || "_-.~*}".contains(letter);
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(below))
}

fn names_host(line: &str, host: &str, rest: &[&str]) -> bool {
    line.match_indices(host).any(|(at, _)| {
        let whole =
            !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.');
        whole && rest.iter().any(|rest| line[at + host.len()..].starts_with(rest))
    })
}

fn is_allowed(rule: &str, comment: &str) -> bool {
    let reason = comment
        .split_once("tidy: allow ")
        .and_then(|(_, allowed)| allowed.strip_prefix(rule)?.strip_prefix(':'));
    reason.is_some_and(|reason| !reason.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings in one file, each as `LINE RULE`; line 0 is the file as a whole.
    fn found(path: &str, text: &str) -> Vec<String> {
        let short = |finding: &Finding| {
            let line = finding.place.strip_prefix(path).unwrap().trim_start_matches(':');
            let rule = finding.what.rsplit_once('[').unwrap().1.trim_end_matches(']');
            format!("{} {rule}", if line.is_empty() { "0" } else { line })
        };
        check(path, text).iter().map(short).collect()
    }

    #[track_caller]
    fn expect(path: &str, text: &str, findings: &[&str]) {
        assert_eq!(found(path, text), findings, "{path}: {text}");
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let code = "x\n".repeat(LINES_MAX);
        let tests = format!("#[cfg(test)]\n#[expect(one)]\nmod tests {{\n{}}}\n", "x\n".repeat(900));
        expect("a.rs", &code, &[]);
        expect("a.rs", &format!("{code}x\n"), &["0 size"]);
        expect("a.rs", &format!("{code}{tests}"), &[]);
        expect("a.rs", &format!("{code}x\n{tests}"), &["0 size"]);
        expect("a.md", &format!("{code}x\n"), &[]);
    }

    #[test]
    fn a_test_only_import_or_module_does_not_end_the_counting() {
        let code = "x\n".repeat(LINES_MAX + 1);
        expect("a.rs", &format!("#[cfg(test)]\nuse x;\n{code}"), &["0 size"]);
        expect("a.rs", &format!("#[cfg(test)]\nmod tests;\n{code}"), &["0 size"]);
    }

    #[test]
    fn a_generated_file_may_be_long_but_says_how_it_is_made_again() {
        let code = "x\n".repeat(LINES_MAX + 1);
        expect("a.rs", &format!("// {GENERATED} by `cargo xtask generate`\n{code}"), &[]);
        expect("a.rs", &format!("// {GENERATED}\n{code}"), &["1 generated"]);
        expect("a.json", &format!("{{\"comment\": \"{GENERATED}\"}}\n"), &["1 generated"]);
        expect("a.rs", &format!("//! x\n// {GENERATED}\n{code}"), &["0 size"]);
    }

    #[test]
    fn unfinished_code_is_found() {
        for word in UNFINISHED {
            expect("crates/a/src/lib.rs", &format!("fn a() {{\n    {word}\n}}\n"), &["2 unfinished"]);
        }
        expect("README.md", UNFINISHED[0], &[]);
    }

    #[test]
    fn sleeps_are_found_in_tests_only() {
        // Not written out, so that this file does not find itself.
        let [sleep, _, until] = SLEEPS else { panic!("three names") };
        for call in
            [format!("std::thread::{sleep}(x)"), format!("{sleep}(x)"), format!("tokio::time::{until}(x)")]
        {
            expect("crates/a/tests/a.rs", &call, &["1 sleep"]);
            expect("crates/a/src/lib.rs", &call, &[]);
            expect("crates/a/src/lib.rs", &format!("#[cfg(test)]\nmod tests {{\n{call}\n}}"), &["3 sleep"]);
        }
        expect("crates/testkit/clients/tool.py", &format!("    time.{sleep}(1)"), &["1 sleep"]);
        expect("tests/run.sh", &format!("{sleep} 1"), &["1 sleep"]);
        expect("crates/a/src/x/tests.rs", &format!("Thread.{sleep}(5);"), &["1 sleep"]);
        expect("tests/a.rs", "fn no_sleep() { oversleep(1); asleep(); } // sleep (x)", &[]);
    }

    #[test]
    fn places_are_found_in_every_file() {
        for path in MACHINE_PATHS {
            expect("README.md", &format!("a\nlook at {path}x"), &["2 place"]);
            expect("a.rs", &format!("\"{path}x\""), &["1 place"]);
            expect("README.md", &format!("a folder src{path} or ${{X}}{path}x"), &[]);
        }
        for (host, rest) in HOSTS {
            expect("pom.xml", &format!("https://{host}{}x", rest[0]), &["1 place"]);
            expect("pom.xml", &format!("my_{host}{}x", rest[0]), &[]);
        }
        expect("Cargo.lock", &format!("https://{}{}x", HOSTS[0].0, HOSTS[0].1[0]), &[]);
    }

    #[test]
    fn one_line_is_excused_from_one_rule_and_only_with_a_reason() {
        let sleep = format!("thread::{}(x);", SLEEPS[0]);
        expect(
            "tests/a.rs",
            &format!("// tidy: allow sleep: the clock itself is under test\n{sleep}\n"),
            &[],
        );
        expect("tests/a.rs", &format!("{sleep} // tidy: allow sleep: why\n"), &[]);
        expect("tests/a.rs", &format!("// tidy: allow sleep:\n{sleep}\n"), &["2 sleep"]);
        expect("tests/a.rs", &format!("// tidy: allow place: why\n{sleep}\n"), &["2 sleep"]);
        expect("tests/a.rs", &format!("// tidy: allow sleep: why\n{sleep}\n{sleep}\n"), &["3 sleep"]);
    }
}
