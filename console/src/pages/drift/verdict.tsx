import { Tag } from "antd";
import { useWords } from "../../words/said";
import { words } from "./words";

const colors: Record<string, string> = { stable: "green", holding: "green", watch: "gold", shifted: "red", decayed: "red", too_few: "default" };

export function Verdict({ value }: { value: string }) {
  const t = useWords(words);
  return <Tag color={colors[value]}>{value in colors ? t(value as "stable") : value}</Tag>;
}
