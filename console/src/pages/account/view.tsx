// One's own password, signing key and sessions.
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { asProblem, type Problem } from "../../api/problem";
import { useMay, useRefreshSession, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { KeyMaker, KeyShown, type OwnKey } from "../../parts/sign";
import { useTell } from "../../shell/live";
import { useWords } from "../../words/said";
import { words } from "../users/words";
import { SessionList } from "../users/view";

export default function Account() {
  const t = useWords(words);
  const session = useSession();
  const may = useMay();
  const knows = useKnows();
  if (session.local) {
    return (
      <div className="page">
        <h1>{t("account")}</h1>
        <Alert type="info" showIcon message={t("localNote")} />
      </div>
    );
  }
  return (
    <div className="page">
      <h1>
        {t("account")}: {session.display_name}
      </h1>
      <div className="cards">
        <section className="card" aria-label={t("password")}>
          <h2>{t("password")}</h2>
          <Password />
        </section>
        {knows("person", "key") && may("person.key") && <KeyCard />}
      </div>
      {may("session.list") && (
        <section className="card" aria-label={t("mySessions")}>
          <h2>{t("mySessions")}</h2>
          <SessionList everyone={false} />
        </section>
      )}
    </div>
  );
}

function KeyCard() {
  const t = useWords(words);
  const session = useSession();
  const may = useMay();
  const asked = useAsk<OwnKey>("person", "key");
  return (
    <section className="card" aria-label={t("key")}>
      <h2>{t("key")}</h2>
      <Loaded from={asked}>
        {(key) =>
          key.public_key ? (
            <>
              <p>{t("keyIs")}</p>
              <KeyShown publicKey={key.public_key} />
              {!key.wrapped_key && <p>{t("keyInFile")}</p>}
              {key.may_approve && <p className="soft">{t("mayApprove")}</p>}
            </>
          ) : may("person.enrol") ? (
            <KeyMaker name={session.name} proofBegins={key.proof_begins} onDone={asked.again} />
          ) : (
            <p className="soft">{t("keyNotHere")}</p>
          )
        }
      </Loaded>
    </section>
  );
}

type Passwords = { old_password: string; new_password: string };

function Password() {
  const t = useWords(words);
  const tell = useTell();
  const refresh = useRefreshSession();
  const [form] = Form.useForm<Passwords>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [done, setDone] = useState<string>();
  const send = async (values: Passwords) => {
    setBusy(true);
    setProblem(undefined);
    setDone(undefined);
    try {
      const answer = await act<{ sessions_ended?: number }>("user", "password", values);
      const text = t("passwordChanged", { count: answer.sessions_ended ?? 0 });
      setDone(text);
      tell(text);
      refresh();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      form.resetFields();
      setBusy(false);
    }
  };
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={send}>
      <Form.Item name="old_password" label={t("oldPassword")} rules={[{ required: true, message: t("oldPassword") }]}>
        <Input.Password autoComplete="current-password" visibilityToggle={false} maxLength={256} />
      </Form.Item>
      <Form.Item name="new_password" label={t("newPassword")} rules={[{ required: true, min: 12, message: t("newPassword") }]}>
        <Input.Password autoComplete="new-password" visibilityToggle={false} maxLength={256} />
      </Form.Item>
      {problem && <ProblemNote problem={problem} />}
      {done && <Alert type="success" message={done} style={{ marginBottom: 12 }} />}
      <Button htmlType="submit" type="primary" loading={busy}>
        {t("changePassword")}
      </Button>
    </Form>
  );
}
