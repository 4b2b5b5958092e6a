//! Prints a BizTalk topology of about as many components as asked for:
//! `cargo run --release --example generate -- 10000 > big.yaml`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

mod topology {
    include!("../benches/topology.rs");
}

fn main() {
    let size = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let Some(size) = size else {
        eprintln!("usage: generate COMPONENTS");
        std::process::exit(2);
    };
    print!("{}", topology::generate(size));
}
