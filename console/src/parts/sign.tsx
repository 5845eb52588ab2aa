// Sign: opens the person's own key with its passphrase, signs what `prepare` gives, and forgets the key again.
// KeyMaker: makes or brings that key, once. Only the wrapped bytes leave the page.
import { Alert, Button, Form, Input, Modal, Segmented, Typography } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { act, ask } from "../api/client";
import { asProblem, Problem } from "../api/problem";
import {
  bytesOfHex,
  newSeed,
  passphraseCharactersMin,
  publicKeyOf,
  signingTrouble,
  signWith,
  unwrap,
  wrap,
  type Bytes,
  type SigningTrouble,
} from "../api/signing";
import { useTell } from "../shell/live";
import { useWords } from "../words/said";
import { partWords, signWords } from "../words/shell";
import { ProblemNote } from "./problem_note";
import { DigestText } from "./values";

export type OwnKey = { name: string; public_key?: string; wrapped_key?: string; may_approve?: boolean; proof_begins?: string };

export function useSigningTrouble(): SigningTrouble | "asking" {
  const [trouble, setTrouble] = useState<SigningTrouble | "asking">("asking");
  useEffect(() => {
    let live = true;
    void signingTrouble().then((found) => live && setTrouble(found));
    return () => {
      live = false;
    };
  }, []);
  return trouble;
}

export function SigningTroubleNote({ trouble }: { trouble: SigningTrouble | "asking" }) {
  const t = useWords(signWords);
  if (!trouble || trouble === "asking") return null;
  return <Alert type="warning" showIcon message={t(trouble)} />;
}

export function Sign<T extends { bytes: Bytes }>({ label, title, children, prepare, onSigned, disabled }: {
  label: ReactNode;
  title?: string;
  children?: ReactNode; // what is signed, in words
  prepare: () => Promise<T>; // the exact bytes, fetched when the person signs
  onSigned: (prepared: T, signature: string) => Promise<unknown>;
  disabled?: boolean;
}) {
  const t = useWords(signWords);
  const p = useWords(partWords);
  const tell = useTell();
  const trouble = useSigningTrouble();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [form] = Form.useForm<{ passphrase: string }>();
  const run = async ({ passphrase }: { passphrase: string }) => {
    setBusy(true);
    setProblem(undefined);
    let seed: Bytes | undefined;
    try {
      const key = await ask<OwnKey>("person", "key");
      if (!key.wrapped_key) throw new Problem("invalid", t("noKey"));
      seed = await unwrap(key.wrapped_key, passphrase);
      if (!seed) throw new Problem("invalid", t("wrongPassphrase"));
      if ((await publicKeyOf(seed)) !== key.public_key?.toLowerCase()) throw new Problem("invalid", t("otherKey"));
      const prepared = await prepare();
      await onSigned(prepared, await signWith(seed, prepared.bytes));
      tell(p("done"));
      setOpen(false);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      seed?.fill(0);
      form.resetFields();
      setBusy(false);
    }
  };
  return (
    <>
      <Button type="primary" disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal open={open} title={title ?? t("title")} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
        {children}
        <SigningTroubleNote trouble={trouble} />
        {!trouble && (
          <Form form={form} layout="vertical" onFinish={run} requiredMark={false} style={{ marginTop: 12 }}>
            <Form.Item name="passphrase" label={t("passphrase")} rules={[{ required: true, message: p("required") }]}>
              <Input.Password autoComplete="off" visibilityToggle={false} autoFocus />
            </Form.Item>
            {problem && <ProblemNote problem={problem} />}
            <Button type="primary" htmlType="submit" loading={busy} style={{ marginTop: 8 }}>
              {t("sign")}
            </Button>
          </Form>
        )}
      </Modal>
    </>
  );
}

type KeyForm = { seed?: string; passphrase: string; again: string };

export function KeyMaker({ name, proofBegins, onDone }: { name: string; proofBegins?: string; onDone: (publicKey: string) => void }) {
  const t = useWords(signWords);
  const p = useWords(partWords);
  const tell = useTell();
  const trouble = useSigningTrouble();
  const [way, setWay] = useState<"make" | "bring">("make");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [form] = Form.useForm<KeyForm>();
  if (trouble) return <SigningTroubleNote trouble={trouble} />;
  const run = async (values: KeyForm) => {
    setBusy(true);
    setProblem(undefined);
    let seed: Bytes | undefined;
    try {
      seed = way === "make" ? newSeed() : bytesOfHex((values.seed ?? "").trim());
      const publicKey = await publicKeyOf(seed);
      const wrapped = await wrap(seed, values.passphrase);
      const proofText = `${proofBegins ?? `puhui person enrol ${name} `}${publicKey}`;
      const proof = await signWith(seed, new TextEncoder().encode(proofText));
      await act("person", "enrol", { public_key: publicKey, wrapped_key: wrapped, proof });
      tell(t("enrolled", { key: publicKey.slice(0, 12) }));
      onDone(publicKey);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      seed?.fill(0);
      form.resetFields();
      setBusy(false);
    }
  };
  return (
    <Form form={form} layout="vertical" onFinish={run} requiredMark={false}>
      <Typography.Paragraph type="secondary">{t("kept")}</Typography.Paragraph>
      <Form.Item>
        <Segmented<"make" | "bring">
          value={way}
          onChange={setWay}
          options={[
            { value: "make", label: t("make") },
            { value: "bring", label: t("bring") },
          ]}
        />
      </Form.Item>
      {way === "bring" && (
        <Form.Item name="seed" label={t("seed")} rules={[{ required: true, pattern: /^\s*[0-9a-fA-F]{64}\s*$/, message: t("seedWrong") }]}>
          <Input.Password autoComplete="off" visibilityToggle={false} className="mono" />
        </Form.Item>
      )}
      <Form.Item
        name="passphrase"
        label={t("passphrase")}
        rules={[{ required: true, min: passphraseCharactersMin, message: t("passphraseShort", { count: passphraseCharactersMin }) }]}
      >
        <Input.Password autoComplete="new-password" visibilityToggle={false} />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("passphraseAgain")}
        dependencies={["passphrase"]}
        rules={[
          { required: true, message: p("required") },
          ({ getFieldValue }) => ({
            validator: (_, value) => (value === getFieldValue("passphrase") ? Promise.resolve() : Promise.reject(new Error(t("passphraseDiffers")))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" visibilityToggle={false} />
      </Form.Item>
      {problem && <ProblemNote problem={problem} />}
      <Button type="primary" htmlType="submit" loading={busy}>
        {t(way)}
      </Button>
    </Form>
  );
}

export function KeyShown({ publicKey }: { publicKey: string }) {
  return <DigestText value={publicKey} length={24} />;
}
