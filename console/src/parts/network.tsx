// Network: who is tied to whom, drawn around the one it is about; the same ties stand in the table. What a node is, is said by its
// shape and in words, how suspicious by its size, never by colour alone.
import type { ReactNode } from "react";
import { dictionary, useWords } from "../words/said";
import { Chart } from "./chart";

export type NetworkNode = { id: string; kind: string; label: string; risk_ppm?: number };
export type NetworkEdge = { from: string; to: string; kind: string; label?: string; count?: number };

const words = dictionary({
  from: ["From", "起点"],
  to: ["To", "终点"],
  tie: ["Tie", "关系"],
  times: ["Times", "次数"],
});

const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
const sizeOf = (node: NetworkNode, centre: boolean) => (centre ? 34 : 16 + Math.round((14 * (node.risk_ppm ?? 0)) / 1_000_000));

export function Network({ title, centre, nodes, edges, kindName = (kind) => kind, edgeTimes, height = 360 }: {
  title: string;
  centre: string; // the node it is about
  nodes: readonly NetworkNode[];
  edges: readonly NetworkEdge[];
  kindName?: (kind: string) => string;
  edgeTimes?: (edge: NetworkEdge) => ReactNode; // the table's last column; the count without it
  height?: number;
}) {
  const t = useWords(words);
  const kinds = [...new Set(nodes.map((node) => node.kind))];
  const named = new Map(nodes.map((node) => [node.id, `${kindName(node.kind)} ${node.label}`]));
  return (
    <Chart
      title={title}
      height={height}
      option={{
        tooltip: {},
        legend: { data: kinds.map(kindName), bottom: 0 },
        series: [
          {
            type: "graph",
            layout: "force",
            roam: true,
            draggable: true,
            force: { repulsion: 180, edgeLength: [50, 120], layoutAnimation: false },
            categories: kinds.map((kind, i) => ({ name: kindName(kind), symbol: symbols[i % symbols.length] })),
            label: { show: nodes.length <= 40, position: "right", fontSize: 11 },
            edgeSymbol: ["none", "arrow"],
            edgeSymbolSize: 7,
            lineStyle: { curveness: 0.12, opacity: 0.8 },
            data: nodes.map((node) => ({
              id: node.id,
              name: node.label,
              category: kinds.indexOf(node.kind),
              symbolSize: sizeOf(node, node.id === centre),
              itemStyle: node.id === centre ? { borderWidth: 3, borderColor: "#c44536" } : undefined,
            })),
            links: edges.map((edge) => ({
              source: edge.from,
              target: edge.to,
              lineStyle: { width: 1 + Math.min(4, Math.log2(1 + (edge.count ?? 1))) },
            })),
          },
        ],
      }}
      table={{
        columns: [t("from"), t("to"), t("tie"), t("times")],
        rows: edges.map((edge) => [
          named.get(edge.from) ?? edge.from,
          named.get(edge.to) ?? edge.to,
          edge.label ?? kindName(edge.kind),
          edgeTimes ? edgeTimes(edge) : (edge.count ?? 1),
        ]),
      }}
    />
  );
}
