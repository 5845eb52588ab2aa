// One policy on the desk: the editor, and beside it everything that is done with a draft before people sign it.
import { DownloadOutlined, FolderOpenOutlined, SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button, Input, Skeleton, Space, Spin, Tabs, Tag, Upload } from "antd";
import { Component, lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router-dom";
import { act } from "../../api/client";
import { saveFile } from "../../api/csv";
import { asProblem, Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { ProblemNote } from "../../parts/problem_note";
import { When } from "../../parts/values";
import { useTell } from "../../shell/live";
import { useWords } from "../../words/said";
import BacktestPanel from "./backtest_panel";
import CasesPanel from "./cases_panel";
import CheckPanel from "./check_panel";
import DifferencePanel from "./difference_panel";
import type { Base, Desk as DeskState, Draft, Step } from "./draft";
import type { PolicyEditorHandle } from "./dmn_editor";
import SourcePanel from "./source_panel";
import SubmitPanel from "./submit_panel";
import TryPanel from "./try_panel";
import { policyWords } from "./words";
import "./desk.css";

const PolicyEditor = lazy(() => import("./dmn_editor"));
const Reading = lazy(() => import("./reading"));
const wideScreen = "(min-width: 861px)"; // as .only-wide in style.css
const policyBytesMax = 2 << 20;

export default function Desk() {
  const { id, "*": useCase } = useParams();
  const [query] = useSearchParams();
  const stored = useAsk<Draft>(id ? "draft" : null, "open", { id });
  const [draft, setDraft] = useState<Draft>();
  const of = id ? stored.data?.use_case : useCase;
  const base = useAsk<Base>(of ? "draft" : null, "base", { use_case: of });
  const asDraft = query.get("draft") === "1";
  const t = useWords(policyWords);

  useEffect(() => {
    if (stored.data) setDraft((was) => (was && was.id === stored.data?.id && (was.revision ?? 0) >= (stored.data?.revision ?? 0) ? was : stored.data));
  }, [stored.data]);
  useEffect(() => {
    if (id || !base.data) return;
    setDraft({ name: t("draftOf", { name: base.data.name }), use_case: base.data.use_case, policy: base.data.policy, cases: [], base: base.data.permit });
    // The name is the reader's to change: another language does not begin the draft anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, base.data]);

  if (stored.problem) return <div className="page"><h1>{t("title")}</h1><ProblemNote problem={stored.problem} onAgain={stored.again} /></div>;
  if (!id && base.problem) return <div className="page"><h1>{t("title")}</h1><ProblemNote problem={base.problem} onAgain={base.again} /></div>;
  if (!draft || (id && draft.id !== id)) return <div className="page"><h1>{t("title")}</h1><Skeleton active /></div>;
  return <Open key={id ?? useCase} start={draft} base={base.data} readOnly={!id && !asDraft} again={stored.again} onDraft={setDraft} />;
}

// A text the editor cannot open leaves the rest of the desk usable.
class EditorFence extends Component<{ children: ReactNode; message: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.message : this.props.children;
  }
}

function Open({ start, base, readOnly, again, onDraft }: { start: Draft; base: Base | undefined; readOnly: boolean; again: () => void; onDraft: (draft: Draft) => void }) {
  const t = useWords(policyWords);
  const tell = useTell();
  const may = useMay();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const editor = useRef<PolicyEditorHandle>(null);
  const [draft, setDraft] = useState(start);
  const [dirty, setDirty] = useState(!readOnly && !start.id);
  const [text, setText] = useState(start.policy); // what the editor was opened with
  const [steps, setSteps] = useState<Step[]>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const closed = readOnly || !may("draft.save");
  const [wide, setWide] = useState(() => matchMedia(wideScreen).matches);
  useEffect(() => {
    const query = matchMedia(wideScreen);
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);

  useEffect(() => {
    if (!dirty || closed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty, closed]);

  const now = useCallback(() => editor.current?.text() ?? text, [text]);
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((was) => ({ ...was, ...part }));
    setDirty(true);
  }, []);
  const replaceText = useCallback((next: string) => {
    setText(next);
    setSteps(undefined);
    change({ policy: next });
  }, [change]);
  const saved = useCallback((next: Draft) => {
    setDraft((was) => ({ ...was, ...next, policy: was.policy }));
    setDirty(false);
  }, []);

  const save = async (asNew: boolean) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { name, use_case, cases, base: from } = draft;
      const over = asNew || !draft.id ? {} : { id: draft.id, revision: draft.revision };
      const next = await act<Draft>("draft", "save", { ...over, name, use_case, cases, base: from, policy: now() });
      saved(next);
      onDraft(next);
      const said = t("saved", { revision: next.revision ?? 0 });
      tell(said);
      message.success(said, 2);
      if (next.id !== start.id) navigate(`/policies/draft/${next.id}`, { replace: true });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };

  const desk: DeskState = useMemo(
    () => ({ draft, base, dirty, readOnly: closed, text: now, change, saved, highlight: setSteps, show: (name) => editor.current?.show(name), replaceText }),
    [draft, base, dirty, closed, now, change, saved, replaceText],
  );

  const tabs = [
    { key: "check", label: t("check"), children: <CheckPanel desk={desk} /> },
    { key: "try", label: t("tryOne"), children: <TryPanel desk={desk} /> },
    ...(readOnly ? [] : [{ key: "cases", label: `${t("cases")} (${draft.cases.length})`, children: <CasesPanel desk={desk} /> }]),
    ...(readOnly ? [] : [{ key: "backtest", label: t("backtest"), children: <BacktestPanel desk={desk} /> }]),
    ...(readOnly ? [] : [{ key: "difference", label: t("difference"), children: <DifferencePanel desk={desk} /> }]),
    ...(readOnly ? [] : [{ key: "submit", label: t("submit"), children: <SubmitPanel desk={desk} /> }]),
    { key: "source", label: t("source"), children: <SourcePanel desk={desk} /> },
  ];

  return (
    <div className="page desk">
      <nav className="soft" aria-label={t("title")}>
        <Link to="/policies">{t("title")}</Link> / {draft.use_case}
      </nav>
      <div className="page-head">
        <h1 className={closed ? undefined : "only-heard"}>{draft.name}</h1>
        {!closed && (
          <Input aria-label={t("name")} className="desk-name" value={draft.name} maxLength={200} onChange={(event) => change({ name: event.target.value })} />
        )}
        {readOnly && <Tag>{t("readOnly")}</Tag>}
        {draft.revision !== undefined && (
          <span className="soft">
            {t("revision", { revision: draft.revision, who: draft.saved_by ?? "" })} <When at={draft.saved_at} />
          </span>
        )}
        {dirty && !closed && <Tag color="warning">{t("unsaved")}</Tag>}
        <span className="stretch" />
        <Space wrap>
          {readOnly && may("draft.save") && (
            <Button type="primary" onClick={() => navigate(`/policies/of/${draft.use_case}?draft=1`)}>{t("begin")}</Button>
          )}
          {!closed && (
            <>
              <Upload
                accept=".dmn,.xml"
                showUploadList={false}
                beforeUpload={(file) => {
                  if (file.size > policyBytesMax) setProblem(new Problem("invalid", `${file.name}: ${file.size} > ${policyBytesMax} bytes`));
                  else void file.text().then(replaceText);
                  return false;
                }}
              >
                <Button icon={<FolderOpenOutlined />}>{t("openFile")}</Button>
              </Upload>
              <Button type="primary" icon={<SaveOutlined />} loading={busy} disabled={!dirty && draft.id !== undefined} onClick={() => save(false)}>
                {t("save")}
              </Button>
              {draft.id && <Button disabled={busy} onClick={() => save(true)}>{t("saveAsNew")}</Button>}
            </>
          )}
          <Button icon={<DownloadOutlined />} aria-label={t("download")} title={t("download")} onClick={() => saveFile(`${draft.name}.dmn`, [now()], "application/xml")} />
        </Space>
      </div>
      {problem && (
        <div style={{ marginBottom: 10 }}>
          {problem.kind === "conflict" && <p>{t("stale")}</p>}
          <ProblemNote problem={problem} onAgain={problem.kind === "conflict" ? again : undefined} againText={problem.kind === "conflict" ? t("openTheirs") : undefined} />
        </div>
      )}
      <p className="only-narrow soft">{t("wideOnly")}</p>
      <div className="desk-parts">
        {wide ? (
          <div className="desk-editor">
            <EditorFence key={text} message={<Alert type="warning" showIcon message={t("notDmn")} description={t("notDmnHelp")} />}>
              <Suspense fallback={<Spin className="page-wait" aria-label={t("loadingEditor")} />}>
                <PolicyEditor text={text} readOnly={closed} steps={steps} onEdited={() => !closed && setDirty(true)} handle={editor} label={t("editor")} />
              </Suspense>
            </EditorFence>
          </div>
        ) : (
          <section className="card" aria-label={draft.name}>
            <Suspense fallback={<Skeleton active />}>
              <Reading text={text} />
            </Suspense>
          </section>
        )}
        <div className="desk-side card">
          <Tabs size="small" tabBarGutter={12} items={tabs} aria-label={t("tabs")} />
        </div>
      </div>
    </div>
  );
}
