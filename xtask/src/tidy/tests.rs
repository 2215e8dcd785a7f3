use super::manifest::{Kind, dependencies, package_name};
use super::size::functions;
use super::tracked;
use super::tree::{Source, Tracked, Tree};
use super::{Finding, arrows, check, header, names, scan, size, words};

type Rule = fn(&Source, &mut Vec<Finding>);

/// The findings of one rule on one file, as `line rule`.
#[track_caller]
fn expect(rule: Rule, path: &str, text: &str, wanted: &[&str]) {
    let mut findings = Vec::new();
    rule(&Source::new(path, text), &mut findings);
    findings.sort();
    let found: Vec<String> = findings.iter().map(|one| format!("{} {}", one.line, one.rule)).collect();
    assert_eq!(found, wanted, "{findings:?}");
}

fn lines(count: usize) -> String {
    "// line\n".repeat(count)
}

fn function(lines: usize) -> String {
    format!("fn long() {{\n{}}}\n", "    work();\n".repeat(lines - 2))
}

// scan

#[test]
fn the_mask_keeps_code_and_hides_the_rest() {
    let same = ["let x = a / b;", "fn f<'a>(x: &'a str, y: &'a u8) {}", "let r#type = 1;", "'outer: loop {}"];
    for code in same {
        assert_eq!(scan::mask(code), code);
    }
    let cases = [
        ("a // {\nb", "a     \nb"),
        ("a /* { /* } */ { */ b", "a                     b"),
        (r#"f("{ \" {", x)"#, r"f(         , x)"),
        ("f(r#\"{ \" {\"#, x)", "f(           , x)"),
        ("f(br\"{\\\", x)", "f(b      , x)"),
        ("f('{', '\\'', 'é', '\\u{7b}')", "f(   ,     ,     ,         )"),
    ];
    for (code, wanted) in cases {
        let masked = scan::mask(code);
        assert_eq!(masked.len(), code.len());
        assert_eq!(
            masked.split_whitespace().collect::<String>(),
            wanted.split_whitespace().collect::<String>(),
            "{code}"
        );
    }
}

#[test]
fn the_mask_survives_an_unfinished_literal() {
    for code in ["\"abc", "r#\"abc\"", "/* abc", "'", "'\\", "\"abc\\", "r", "r#"] {
        assert_eq!(scan::mask(code).len(), code.len(), "{code}");
    }
}

// arrows

fn krate(name: &str, rest: &str) -> Source {
    Source::new(&format!("crates/{name}/Cargo.toml"), &format!("[package]\nname = \"{name}\"\n{rest}"))
}

#[track_caller]
fn arrow(rest: &str, from: &str, wanted: &[&str]) {
    let sources = [krate("domain", ""), krate("store", ""), krate("market", ""), krate(from, rest)];
    let found: Vec<String> = arrows::check(&sources).iter().map(|one| one.to_string()).collect();
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.contains(wanted), "{found}");
    }
}

#[test]
fn an_arrow_of_the_table_is_allowed() {
    arrow("[dependencies]\ndomain.workspace = true\nserde.workspace = true\n", "risk", &[]);
    arrow("[dependencies]\nstore.workspace = true\nmarket.workspace = true\n", "bellwether", &[]);
    arrow("[dev-dependencies]\nmarket.workspace = true\n", "risk", &[]);
    arrow("[dev-dependencies]\nstore.workspace = true\n", "bus", &[]);
}

#[test]
fn an_arrow_outside_the_table_is_found_however_it_is_written() {
    let wanted = ["crates/risk/Cargo.toml:4: arrow: `risk` may not depend on `store`"];
    arrow("[dependencies]\nstore.workspace = true\n", "risk", &wanted);
    arrow("[dependencies]\nstore = { path = \"../store\" }\n", "risk", &wanted);
    arrow("[dependencies]\nx = { package = \"store\", path = \"../store\" }\n", "risk", &wanted);
    arrow("[build-dependencies]\nstore.workspace = true\n", "risk", &wanted);
    arrow("[target.'cfg(unix)'.dependencies]\nstore.workspace = true\n", "risk", &wanted);
    arrow("\n[dependencies.store]\nworkspace = true\n", "risk", &wanted);
    arrow("[dev-dependencies]\nstore.workspace = true\n", "risk", &wanted);
    arrow("[dependencies]\nmarket.workspace = true\n", "bus", &["`bus` may not depend on `market`"]);
}

#[test]
fn a_crate_outside_the_table_is_an_error() {
    arrow("", "newcomer", &["add it to arrows.rs"]);
}

#[test]
fn a_package_is_called_like_its_folder() {
    let found = arrows::check(&[Source::new("crates/risk/Cargo.toml", "[package]\nname = \"bw-risk\"\n")]);
    assert!(found[0].message.contains("name the package `risk`"));
}

#[test]
fn a_manifest_gives_names_kinds_and_lines() {
    let text = "[package]\nname = \"a\"\n[dependencies]\n# c = 1\nb.workspace = true\n[lints]\nd = 1\n[dev-dependencies]\n\"e\" = \"1\"\n";
    assert_eq!(package_name(text), Some("a"));
    let found: Vec<_> = dependencies(text).into_iter().map(|dep| (dep.name, dep.kind, dep.line)).collect();
    assert_eq!(found, [("b".into(), Kind::Normal, 5), ("e".into(), Kind::Dev, 9)]);
}

// size

#[test]
fn a_file_has_at_most_600_lines() {
    expect(size::check, "crates/risk/src/gate.rs", &lines(600), &[]);
    expect(size::check, "crates/risk/src/gate.rs", &lines(601), &["601 long file"]);
    expect(size::check, "web/src/App.svelte", &lines(601), &["601 long file"]);
    expect(size::check, "web/src/chart.ts", &lines(601), &["601 long file"]);
}

#[test]
fn tests_benches_and_generated_files_may_be_longer() {
    for path in ["crates/a/src/b/tests.rs", "crates/a/tests/it/main.rs", "crates/a/benches/b.rs", "docs/a.md"]
    {
        expect(size::check, path, &lines(601), &[]);
    }
    let generated = format!("/** This file was auto-generated by a tool. */\n{}", lines(601));
    expect(size::check, "web/src/schema.ts", &generated, &[]);
}

#[test]
fn a_function_has_at_most_70_lines() {
    expect(size::check, "crates/a/src/b.rs", &function(70), &[]);
    expect(size::check, "crates/a/src/b.rs", &format!("\n{}", function(71)), &["2 long function"]);
    expect(size::check, "crates/a/src/b/tests.rs", &function(71), &[]);
}

#[test]
fn functions_are_counted_by_their_own_braces() {
    let code = r##"
trait T { fn declared(&self, x: [u8; 4]) -> u8; fn given(&self) {} }
type Pointer = fn(u8) -> u8;
fn braces<'a>(x: &'a str) -> &'a str {
    let _ = ("}", '}', r#"}"#, b'{'); // }
    fn inner() {}
    x
}
"##;
    let masked = scan::mask(code);
    let found: Vec<_> = functions(&masked).iter().map(|one| (one.name, one.lines)).collect();
    assert_eq!(found, [("given", 1), ("braces", 5), ("inner", 1)]);
}

// names

#[test]
fn files_folders_and_modules_name_a_room() {
    expect(names::check, "crates/risk/src/gate.rs", "mod limits;\nlet helper = 1;", &[]);
    expect(names::check, "crates/risk/src/utils.rs", "", &["1 banned name"]);
    expect(names::check, "crates/common/Cargo.toml", "", &["1 banned name"]);
    expect(names::check, "crates/risk/src/misc/limits.rs", "", &["1 banned name"]);
    expect(names::check, "web/src/helpers.test.ts", "", &["1 banned name"]);
    expect(names::check, "crates/risk/src/gate.rs", "\npub mod core {}", &["2 banned name"]);
    expect(names::check, "crates/risk/src/gate.rs", "// mod core", &[]);
}

// header

#[test]
fn a_crate_says_what_it_is_not() {
    let good = "//! The gate.\n//!\n//! It is not the books.\nuse x;";
    expect(header::check, "crates/risk/src/lib.rs", good, &[]);
    expect(header::check, "crates/risk/src/gate.rs", "", &[]);
    expect(header::check, "crates/risk/src/lib.rs", "", &["1 crate header"]);
    expect(header::check, "crates/risk/src/main.rs", "//! not\n//! this\n", &["1 crate header"]);
    expect(header::check, "xtask/src/main.rs", "//! a\n//! nothing\n//! c\n", &["1 crate header"]);
    expect(header::check, "crates/risk/src/lib.rs", &format!("\n{good}"), &["1 crate header"]);
}

// words

#[test]
fn unfinished_work_is_found() {
    expect(
        words::check,
        "crates/a/src/b.rs",
        "// TODO later\n// FIXME\nlet x = \"XXX\";",
        &["1 unfinished", "2 unfinished", "3 unfinished"],
    );
    expect(words::check, "web/src/a.svelte", "<!-- TODO: -->", &["1 unfinished"]);
    expect(words::check, "web/src/a.ts", "// autodoc TODOS", &[]);
    expect(words::check, "docs/a.md", "TODO", &[]);
    expect(
        words::check,
        "crates/a/src/b.rs",
        "fn f() { todo!() }\nfn g() { unimplemented!() }",
        &["1 unfinished", "2 unfinished"],
    );
    expect(
        words::check,
        "crates/a/tests/it.rs",
        "#[test]\n#[ignore = \"slow\"]\nfn f() {}",
        &["2 unfinished"],
    );
    expect(words::check, "crates/a/src/b.rs", "// never write todo!() here", &[]);
}

#[test]
fn dead_code_is_not_allowed() {
    expect(words::check, "crates/a/src/b.rs", "#![allow(dead_code)]", &["1 allowed lint"]);
    expect(
        words::check,
        "crates/a/src/b.rs",
        "#[allow(\n    unused_mut,\n    dead_code\n)]",
        &["1 allowed lint"],
    );
    expect(words::check, "crates/a/src/b.rs", "#[allow(unused_mut)]", &[]);
}

#[test]
fn tests_do_not_sit_in_production_files() {
    expect(words::check, "crates/a/src/b.rs", "#[cfg(test)]\nmod tests {\n}", &["2 inline tests"]);
    expect(words::check, "crates/a/src/b.rs", "#[cfg(test)]\nmod tests;", &[]);
    expect(words::check, "crates/a/tests/it.rs", "mod tests {}", &[]);
}

#[test]
fn the_pure_crates_touch_no_world() {
    for code in [
        "std::fs::read(x)",
        "use std::net;",
        "std::thread::spawn",
        "x: SystemTime",
        "Instant::now()",
        "rand::random()",
    ] {
        expect(words::check, "crates/engine/src/step.rs", code, &["1 impure"]);
        expect(words::check, "crates/store/src/sqlite.rs", code, &[]);
        expect(words::check, "crates/engine/src/step/tests.rs", code, &[]);
    }
    expect(
        words::check,
        "crates/risk/src/a.rs",
        "use std::{fmt, fs::{self, File}, net};",
        &["1 impure", "1 impure"],
    );
    expect(words::check, "crates/risk/src/a.rs", "use std::{fmt, mem};\noperand::x(); // std::fs", &[]);
}

// tracked

#[test]
fn a_tracked_file_is_small_and_not_built() {
    let file = |path: &str, bytes| Tracked { path: path.into(), bytes };
    assert!(tracked::big(&file("a.bin", 1 << 20)).is_none());
    assert!(tracked::big(&file("a.bin", (1 << 20) + 1)).is_some());
    assert!(tracked::built(&file("web/dist/index.html", 1)).is_some());
    assert!(tracked::built(&file("web/index.html", 1)).is_none());
}

#[test]
fn a_path_of_one_machine_is_found() {
    expect(
        tracked::machine_paths,
        "docs/a.md",
        "see /home/me\nor `/root/.cargo`",
        &["1 machine path", "2 machine path"],
    );
    expect(tracked::machine_paths, "docs/a.md", "../home/a ~/home/a at/home/a ${HOME}/home/a", &[]);
}

#[test]
fn a_lock_file_names_no_registry() {
    let lock = |text| tracked::registry_host(&Source::new("web/package-lock.json", text));
    let found = lock("{\n\"resolved\": \"http://127.0.0.1:4873/a.tgz\"\n}").unwrap();
    assert_eq!(found.line, 2);
    assert!(found.message.contains("omit-lockfile-registry-resolved=true"));
    assert!(lock("{ \"integrity\": \"sha512\" }").is_none());
}

#[test]
fn all_findings_come_together_and_in_order() {
    let sources = vec![
        Source::new("web/package-lock.json", "\"resolved\": \"https://registry\""),
        Source::new("crates/risk/src/lib.rs", "// TODO at /home/me"),
        krate("newcomer", ""),
    ];
    let tracked = vec![Tracked { path: "crates/risk/src/lib.rs".into(), bytes: 2 << 20 }];
    let found = check(&Tree { sources, tracked });
    let rules: Vec<_> = found.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["arrow", "big file", "crate header", "machine path", "unfinished", "registry host"]);
    assert_eq!(
        found[4].to_string(),
        "crates/risk/src/lib.rs:1: unfinished: TODO: finish it, or open an issue"
    );
}
