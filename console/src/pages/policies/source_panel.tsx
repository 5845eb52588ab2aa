// The DMN as text, for those who rather write it.
import { Button, Input } from "antd";
import { useState } from "react";
import { useWords } from "../../words/said";
import type { Desk } from "./draft";
import { policyWords } from "./words";

export default function SourcePanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const [text, setText] = useState(desk.text);
  const [edited, setEdited] = useState(false);
  return (
    <>
      <p className="soft">{t("sourceHelp")}</p>
      <Input.TextArea
        className="source-text"
        aria-label={t("source")}
        value={edited ? text : desk.text()}
        readOnly={desk.readOnly}
        spellCheck={false}
        rows={24}
        onChange={(event) => {
          setText(event.target.value);
          setEdited(true);
        }}
      />
      {!desk.readOnly && (
        <Button
          style={{ marginTop: 8 }}
          disabled={!edited}
          onClick={() => {
            desk.replaceText(text);
            setEdited(false);
          }}
        >
          {t("apply")}
        </Button>
      )}
    </>
  );
}
