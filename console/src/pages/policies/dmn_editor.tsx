// The DMN editor of Apache KIE around one text. Loaded when a policy is opened: it is larger than the console itself.
// Its own change events become a text only when somebody asks for one, so that what nobody touched keeps every byte.
import { DmnEditor, type DmnEditorRef, type EvaluationResultsByNodeId } from "@kie-tools/dmn-editor/dist/DmnEditor";
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from "react";
import { idByName, openModel, type Model } from "./dmn_model";
import { useLanguage } from "../../words/said";
import "./editor_words";
import "./dmn_editor.css";

export type RuleHitOf = { owner: string; id: string };
export type StepOf = { decision: string; value: string; why?: string; rules: readonly { owner: string; id: string }[] };

export type PolicyEditorHandle = {
  text: () => string; // the DMN as it is now; the text it was opened with while nothing was edited
  show: (name: string) => void; // opens a decision's table by its name
};

export type PolicyEditorProps = {
  text: string;
  readOnly: boolean;
  steps?: readonly StepOf[]; // of an evaluation: what was hit is highlighted
  onEdited: () => void;
  handle: Ref<PolicyEditorHandle>;
  label: string;
};

// What the editor highlights: per node whether it came out, per rule how often it hit.
export function highlightsOf(model: Model, steps: readonly StepOf[]): EvaluationResultsByNodeId {
  const ids = idByName(model);
  const out: EvaluationResultsByNodeId = new Map();
  const entry = (name: string) => {
    const id = ids.get(name);
    if (id === undefined) return undefined;
    const found = out.get(id) ?? { evaluationResult: "succeeded" as const, evaluationHitsCountByRuleOrRowId: new Map<string, number>() };
    out.set(id, found);
    return found;
  };
  for (const step of steps) {
    const of = entry(step.decision);
    if (of && step.why) of.evaluationResult = step.value === "null" && step.why !== "" ? "skipped" : "succeeded";
    for (const rule of step.rules) {
      const hits = entry(rule.owner)?.evaluationHitsCountByRuleOrRowId;
      if (rule.id !== "") hits?.set(rule.id, (hits.get(rule.id) ?? 0) + 1);
    }
  }
  return out;
}

export default function PolicyEditor({ text, readOnly, steps, onEdited, handle, label }: PolicyEditorProps) {
  const language = useLanguage();
  const opened = useMemo(() => openModel(text), [text]);
  const [model, setModel] = useState<Model>(opened.model);
  const editor = useRef<DmnEditorRef>(null);
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef({ model, edited: false });
  const highlights = useMemo(() => (steps ? highlightsOf(latest.current.model, steps) : undefined), [steps, model]);

  useImperativeHandle(handle, () => ({
    text: () => (latest.current.edited ? opened.textOf(latest.current.model) : text),
    show: (name) => {
      const id = idByName(latest.current.model).get(name);
      if (id) editor.current?.openBoxedExpressionEditor(id);
    },
  }), [opened, text]);

  // The whole drawing, not its upper left corner.
  useEffect(() => {
    const timer = setTimeout(() => host.current?.querySelector<HTMLElement>(".react-flow__controls-fitview")?.click(), 150);
    return () => clearTimeout(timer);
  }, [text]);

  // The editor has a switch of its own for highlights, shown beside a table, and no way to set it but that switch.
  useEffect(() => {
    const place = host.current;
    if (!steps || !place) return;
    const turnOn = () => {
      const badge = place.querySelector<HTMLElement>(".kie-dmn-editor--evaluation-highlights-panel-toggle");
      if (!badge) return;
      watch.disconnect();
      if (!badge.querySelector(".pf-m-purple")) badge.querySelector<HTMLElement>("button")?.click();
    };
    const watch = new MutationObserver(turnOn);
    watch.observe(place, { childList: true, subtree: true });
    turnOn();
    return () => watch.disconnect();
  }, [steps]);

  return (
    <div className="dmn-host" ref={host} role="region" aria-label={label}>
      <DmnEditor
        ref={editor}
        model={model}
        originalVersion="1.6"
        onModelChange={(next) => {
          latest.current = { model: next, edited: true };
          setModel(next);
          onEdited();
        }}
        evaluationResultsByNodeId={highlights}
        isEvaluationHighlightsSupported
        isReadOnly={readOnly}
        validationMessages={{}}
        externalModelsByNamespace={{}}
        externalContextName=""
        externalContextDescription=""
        locale={language}
      />
    </div>
  );
}
