// Something is on its way: told to eyes and to screen readers.
import { Spin } from "antd";
import { useWords } from "../words/said";
import { shellWords } from "../words/shell";

export function Waiting() {
  const t = useWords(shellWords);
  return (
    <div className="page-wait" role="status">
      <Spin />
      <span className="only-heard">{t("loading")}</span>
    </div>
  );
}
