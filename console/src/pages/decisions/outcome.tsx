import { Tag } from "antd";
import { useWords } from "../../words/said";
import { words } from "./words";

const colors: Record<string, string> = { approve: "green", refuse: "red", refer: "gold" };

export function Outcome({ value }: { value: string }) {
  const t = useWords(words);
  const text = value === "approve" || value === "refuse" || value === "refer" ? t(value) : value;
  return <Tag color={colors[value] ?? "default"}>{text}</Tag>;
}
