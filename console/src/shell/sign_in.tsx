// The sign-in form: a page of its own at the start, a dialog over the page when a session ends in the middle.
import { Alert, Button, Form, Input, Typography } from "antd";
import { useState } from "react";
import { asProblem, type Problem } from "../api/problem";
import { signIn, type Session } from "../api/session";
import { ProblemNote } from "../parts/problem_note";
import { useWords } from "../words/said";
import { shellWords } from "../words/shell";

export function SignInForm({ onSignedIn, name }: { onSignedIn: (session: Session) => void; name?: string }) {
  const t = useWords(shellWords);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const send = async (values: { name: string; password: string }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      onSignedIn(await signIn(values.name, values.password));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical" requiredMark={false} onFinish={send} initialValues={{ name }} data-testid="sign-in">
      <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("name") }]}>
        <Input autoComplete="username" autoFocus={!name} maxLength={128} />
      </Form.Item>
      <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("password") }]}>
        <Input.Password autoComplete="current-password" autoFocus={!!name} maxLength={1024} visibilityToggle={false} />
      </Form.Item>
      {problem && <ProblemNote problem={problem} />}
      <Button type="primary" htmlType="submit" loading={busy} block style={{ marginTop: 12 }}>
        {busy ? t("signingIn") : t("signIn")}
      </Button>
    </Form>
  );
}

export function SignInPage({ firstRun, onSignedIn }: { firstRun: boolean; onSignedIn: (session: Session) => void }) {
  const t = useWords(shellWords);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Typography.Title level={1} style={{ fontSize: 28, marginTop: 0 }}>
          <img src="/mark.svg" alt="" width={30} height={30} /> Puhui <span lang="zh">普惠</span>
        </Typography.Title>
        {firstRun && (
          <Alert
            type="info"
            showIcon
            style={{ marginBottom: 16 }}
            message={t("firstRun")}
            description={<code>puhui user add --name NAME --roles admin</code>}
          />
        )}
        <SignInForm onSignedIn={onSignedIn} />
      </div>
    </main>
  );
}
