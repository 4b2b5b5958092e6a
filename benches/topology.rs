// A synthetic BizTalk group: pairs of servers with hosts, ports and orchestrations,
// SQL clusters of two nodes, a balancer per isolated host. Included by the benchmark
// and by the `generate` example.

use std::fmt::Write as _;

/// Components that one server pair and all it carries add to the graph.
const PER_PAIR: usize = 46;

/// YAML of a topology whose graph has about `components` components.
pub(crate) fn generate(components: usize) -> String {
    let pairs = (components / PER_PAIR).max(1);
    let mut out = String::from("failscope: 1\nname: generated\nservers:\n");
    for pair in 0..pairs {
        for side in ["A", "B"] {
            let _ = writeln!(
                out,
                "  BTS{pair}{side}: {{ site: DC{side}, rack: R{}, machine: HV{pair}{side} }}",
                pair / 10
            );
        }
    }
    out.push_str("  SQL01: { site: DCA }\n  SQL02: { site: DCB }\nstorage:\n");
    out.push_str("  SAN01: { kind: san, raid: \"1+0\", redundant: true }\nclusters:\n");
    out.push_str("  SQLCLUSTER:\n    nodes: [SQL01, SQL02]\n    witness: SAN01\n    groups:\n");
    out.push_str("      SQL: { network_name: SQLVS1, ip: 10.0.0.9, disks: [SAN01], resources: [msdtc, entsso] }\n");
    out.push_str("sql_instances:\n  BTSSQL:\n    on: SQLCLUSTER/SQL\n    agent: running\n");
    out.push_str(
        "    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB, BizTalkDTADb]\nload_balancers:\n",
    );
    for pair in 0..pairs {
        let _ = writeln!(out, "  WEB{pair}: {{ kind: nlb, members: [BTS{pair}A, BTS{pair}B] }}");
    }
    out.push_str("external:\n");
    for pair in 0..pairs {
        let _ = writeln!(out, "  LOB{pair}: {{ redundant: true, owner: team {pair} }}");
    }
    out.push_str("biztalk:\n  version: \"2020\"\n  edition: enterprise\n");
    out.push_str("  master_secret_server: SQLCLUSTER/SQL\n  hosts:\n");
    for pair in 0..pairs {
        let servers = format!("instances: [BTS{pair}A, BTS{pair}B]");
        let _ = writeln!(out, "    Web{pair}: {{ type: isolated, {servers}, behind: WEB{pair} }}");
        for name in ["Receive", "Process", "Send"] {
            let _ = writeln!(out, "    {name}{pair}: {{ {servers} }}");
        }
    }
    out.push_str(
        "    Track: { tracking: true, instances: [BTS0A, BTS0B] }\n  receive_locations:\n",
    );
    for pair in 0..pairs {
        for number in 0..3 {
            let _ = writeln!(
                out,
                "    Http{pair}_{number}: {{ adapter: WCF-BasicHttp, host: Web{pair} }}"
            );
            let _ = writeln!(
                out,
                "    Bus{pair}_{number}: {{ adapter: SB-Messaging, host: Receive{pair} }}"
            );
        }
    }
    out.push_str("  orchestrations:\n");
    for pair in 0..pairs {
        for number in 0..4 {
            let _ = writeln!(out, "    Flow{pair}_{number}: {{ host: Process{pair} }}");
        }
    }
    out.push_str("  send_ports:\n");
    for pair in 0..pairs {
        for number in 0..3 {
            let _ = writeln!(
                out,
                "    Out{pair}_{number}: {{ adapter: WCF-BasicHttp, host: Send{pair}, to: LOB{pair} }}"
            );
        }
    }
    out.push_str("services:\n");
    for pair in 0..pairs {
        let _ = writeln!(
            out,
            "  service{pair}: {{ needs: [Http{pair}_0, Flow{pair}_0, Out{pair}_0], availability: 99.9% }}"
        );
    }
    out
}
