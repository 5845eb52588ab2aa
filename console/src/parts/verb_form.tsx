// VerbForm: a form made of a verb's input schema. Sends it, shows the server's faults at their fields, and hands the
// answer on. A write whose answer was lost can be sent again under the same key.
import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Collapse, DatePicker, Form, Input, InputNumber, Progress, Select, Skeleton, Space, type FormInstance, type SelectProps } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { act, ask, askLong, newKey, type Input as VerbInput, type JobProgress } from "../api/client";
import { exampleOf, inputOf, kindOf, patternOf, placeFaults, valueOf, type FieldKind } from "../api/form_model";
import { useVerb, type Schema, type VerbShape } from "../api/openapi";
import { asProblem, Problem } from "../api/problem";
import { useMay } from "../api/session";
import { useTell } from "../shell/live";
import { codeText } from "../words/codes";
import { fieldLabel } from "../words/fields";
import { say, useLanguage, useWords, type Said } from "../words/said";
import { partWords } from "../words/shell";
import { ProblemNote } from "./problem_note";

type Place = (string | number)[];

export type VerbFormProps<Out> = {
  noun: string;
  verb: string;
  fixed?: VerbInput; // sent, not shown
  initial?: VerbInput; // shown, may be changed
  only?: readonly string[]; // the fields to show, in this order; all when absent
  labels?: Readonly<Record<string, Said>>;
  replace?: Readonly<Record<string, ReactNode>>; // a control of your own for a field; gets value and onChange
  codes?: boolean; // choices are shown by words/codes
  submit?: ReactNode;
  danger?: boolean;
  long?: boolean; // runs as a job with a progress bar
  extra?: ReactNode; // beside the button
  onDone?: (answer: Out, input: VerbInput) => void;
};

export function VerbForm<Out = unknown>(props: VerbFormProps<Out>) {
  const t = useWords(partWords);
  const shape = useVerb(props.noun, props.verb);
  const may = useMay();
  if (shape === undefined) return <Skeleton active paragraph={{ rows: 3 }} title={false} />;
  if (shape === null) return <Alert type="info" message={t("notBuilt", { verb: `${props.noun} ${props.verb}` })} />;
  if (!may(shape.permission)) return <Alert type="info" message={t("notAllowed", { permission: shape.permission })} />;
  return <Filled {...props} shape={shape} />;
}

function Filled<Out>({ shape, ...props }: VerbFormProps<Out> & { shape: VerbShape }) {
  const t = useWords(partWords);
  const tell = useTell();
  const [form] = Form.useForm();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [progress, setProgress] = useState<JobProgress>();
  const key = useRef(newKey());
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const properties = shape.input.properties ?? {};
  const names = (props.only ?? Object.keys(properties)).filter(
    (name) => properties[name] && !(props.fixed && name in props.fixed),
  );
  const required = new Set(shape.input.required ?? []);
  const first = names.filter((name) => required.has(name) || props.only || props.replace?.[name]);
  const more = names.filter((name) => !first.includes(name));

  const send = async (values: Record<string, unknown>) => {
    const input = { ...((inputOf(shape.input, values) as VerbInput) ?? {}), ...props.fixed };
    setBusy(true);
    setProblem(undefined);
    stop.current = new AbortController();
    const options = { signal: stop.current.signal, key: shape.repeatable ? key.current : undefined };
    try {
      const [noun, verb] = [props.noun, props.verb];
      const answer = props.long
        ? await askLong<Out>(noun, verb, input, { ...options, onProgress: setProgress })
        : shape.reads
          ? await ask<Out>(noun, verb, input, options)
          : await act<Out>(noun, verb, input, options);
      key.current = newKey(); // what comes next is another request
      tell(t("done"));
      props.onDone?.(answer, input);
    } catch (error) {
      const found = asProblem(error);
      const placed = placeFaults(shape.input, found.faults);
      const visible = placed.fields.filter((field) => form.getFieldInstance(field.name) || names.includes(String(field.name[0])));
      form.setFields(visible as Parameters<FormInstance["setFields"]>[0]);
      if (visible[0]) form.scrollToField(visible[0].name, { block: "center" });
      const hidden = placed.fields.filter((field) => !visible.includes(field));
      const rest = [...placed.rest, ...hidden.map((field) => ({ where: field.name.join("/"), message: field.errors.join("; ") }))];
      const all = found.faults.length > 0 && rest.length === 0;
      setProblem(
        all ? undefined : new Problem(found.kind, found.message, { ...found, faults: found.faults.length > 0 ? rest : [], status: found.status, request: found.request, repeatKey: found.repeatKey }),
      );
      tell(found.message);
      if (found.kind !== "outcome_unknown") key.current = newKey();
    } finally {
      setBusy(false);
      setProgress(undefined);
    }
  };

  const fields = (list: string[]) =>
    list.map((name) => (
      <Field
        key={name}
        place={[name]}
        schema={properties[name]!}
        required={required.has(name)}
        label={props.labels?.[name]}
        control={props.replace?.[name]}
        codes={props.codes}
      />
    ));
  return (
    <Form
      form={form}
      layout="vertical"
      onFinish={send}
      initialValues={valueOf(shape.input, props.initial) as Record<string, unknown> | undefined}
      aria-label={shape.help}
      scrollToFirstError={{ block: "center" }}
      validateTrigger="onBlur"
    >
      {fields(first)}
      {more.length > 0 &&
        (first.length === 0 ? (
          fields(more)
        ) : (
          <Collapse ghost size="small" items={[{ key: "more", label: t("optionalFields"), children: fields(more), forceRender: true }]} />
        ))}
      {problem && (
        <div style={{ marginBottom: 12 }}>
          <ProblemNote problem={problem} onAgain={problem.kind === "outcome_unknown" ? form.submit : undefined} againText={undefined} />
        </div>
      )}
      {progress && (
        <div style={{ marginBottom: 12 }}>
          <Progress
            percent={progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 100}
            status="active"
            format={() => (progress.total > 0 ? `${progress.done} / ${progress.total}` : String(progress.done))}
            aria-label={progress.what || t("working")}
          />
          <span className="soft">{progress.what}</span>
        </div>
      )}
      <Space wrap>
        <Button type="primary" htmlType="submit" loading={busy} danger={props.danger}>
          {props.submit ?? t("send")}
        </Button>
        {busy && props.long && <Button onClick={() => stop.current?.abort()}>{t("stop")}</Button>}
        {props.extra}
      </Space>
    </Form>
  );
}

// One field by its schema. `place` is relative to the list it stands in, as antd's Form.List takes it.
export function Field({ place, schema, required, label, control, bare, codes }: {
  place: Place;
  schema: Schema;
  required: boolean;
  label?: Said;
  control?: ReactNode;
  bare?: boolean; // without a label of its own
  codes?: boolean;
}) {
  const t = useWords(partWords);
  const language = useLanguage();
  const kind = kindOf(schema);
  const name = String(place.at(-1));
  const text = label ? say(language, label) : fieldLabel(name, language);
  if (!control && kind === "object") {
    return (
      <fieldset className="nested">
        <legend>{text}</legend>
        {schema.description && <p className="soft">{schema.description}</p>}
        {Object.entries(schema.properties ?? {}).map(([part, of]) => (
          <Field key={part} place={[...place, part]} schema={of} required={required && (schema.required ?? []).includes(part)} />
        ))}
      </fieldset>
    );
  }
  if (!control && kind === "list") return <ListField place={place} schema={schema} text={text} />;
  const pattern = patternOf(kind);
  const wanted = kind === "money" ? t("moneyExpected") : exampleOf(schema) || kind;
  return (
    <Form.Item
      name={place}
      label={bare ? undefined : text}
      extra={schema.description}
      required={required}
      valuePropName={kind === "boolean" && required ? "checked" : "value"}
      {...(kind === "date" && !control
        ? {
            getValueProps: (value?: string) => ({ value: value ? dayjs(value) : undefined }),
            normalize: (value: Dayjs | null) => value?.format("YYYY-MM-DD"),
          }
        : kind === "moment" && !control
          ? {
              getValueProps: (value?: string) => ({ value: value ? dayjs(value) : undefined }),
              normalize: (value: Dayjs | null) => value?.toISOString(),
            }
          : {})}
      rules={[
        { required: required && kind !== "boolean", message: t("required") },
        ...(pattern ? [{ pattern, message: `${wanted}`, transform: (v: unknown) => (typeof v === "string" ? v.trim() : v) }] : []),
        ...(kind === "any" ? [{ validator: async (_: unknown, value: unknown) => void (typeof value === "string" && value.trim() !== "" && parsed(value, t("jsonExpected"))) }] : []),
      ]}
    >
      {control ?? controlOf(kind, schema, required, t, bare ? text : undefined, (value) => (codes ? codeText(value, language) : value))}
    </Form.Item>
  );
}

function parsed(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(message);
  }
}

// A form says "required" of its control, which Select passes on to an element that has no role for it; the label says it too.
export function Choice({ "aria-required": _, ...props }: SelectProps & { "aria-required"?: string }) {
  return <Select {...props} />;
}

function controlOf(kind: FieldKind, schema: Schema, required: boolean, t: (key: "yes" | "no" | "any") => string, label: string | undefined, word: (value: string) => string): ReactNode {
  const hint = exampleOf(schema);
  switch (kind) {
    case "integer":
      return <InputNumber aria-label={label} precision={0} min={schema.minimum} max={schema.maximum} placeholder={hint} style={{ width: "100%", maxWidth: 260 }} />;
    case "number":
      return <InputNumber aria-label={label} min={schema.minimum} max={schema.maximum} placeholder={hint} style={{ width: "100%", maxWidth: 260 }} />;
    case "boolean":
      return required ? (
        <Checkbox aria-label={label}>{t("yes")}</Checkbox>
      ) : (
        <Select aria-label={label} allowClear placeholder={t("any")} style={{ maxWidth: 260 }} options={[{ value: true, label: t("yes") }, { value: false, label: t("no") }]} />
      );
    case "choice":
      return <Choice aria-label={label} allowClear={!required} showSearch options={schema.enum!.map((value) => ({ value, label: word(String(value)) }))} style={{ maxWidth: 420 }} />;
    case "choices":
      return <Choice aria-label={label} mode="multiple" options={(schema.items?.enum ?? []).map((value) => ({ value, label: value }))} />;
    case "texts":
      return <Choice aria-label={label} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " "]} placeholder={hint} />;
    case "date":
      return <DatePicker aria-label={label} style={{ maxWidth: 260, width: "100%" }} />;
    case "moment":
      return <DatePicker aria-label={label} showTime style={{ maxWidth: 260, width: "100%" }} />;
    case "long_text":
      return <Input.TextArea aria-label={label} autoSize={{ minRows: 2, maxRows: 14 }} maxLength={schema.maxLength} placeholder={hint} />;
    case "any":
      return <Input.TextArea aria-label={label} className="mono" autoSize={{ minRows: 3, maxRows: 20 }} spellCheck={false} placeholder={hint || "{ }"} />;
    default:
      return <Input aria-label={label} maxLength={schema.maxLength} placeholder={hint} style={{ maxWidth: kind === "text" || kind === "digest" ? undefined : 420 }} />;
  }
}

function ListField({ place, schema, text }: { place: Place; schema: Schema; text: string }) {
  const t = useWords(partWords);
  const item = schema.items ?? {};
  const whole = kindOf(item) === "object";
  return (
    <fieldset className="nested">
      <legend>{text}</legend>
      {schema.description && <p className="soft">{schema.description}</p>}
      <Form.List name={place}>
        {(rows, { add, remove }, { errors }) => (
          <>
            {rows.map((row, index) => (
              <div key={row.key} className="nested-row">
                <div className="stretch">
                  {whole ? (
                    Object.entries(item.properties ?? {}).map(([part, of]) => (
                      <Field key={part} place={[row.name, part]} schema={of} required={(item.required ?? []).includes(part)} />
                    ))
                  ) : (
                    <Field place={[row.name]} schema={item} required bare label={[`${text} ${index + 1}`, `${text} ${index + 1}`]} />
                  )}
                </div>
                <Button type="text" icon={<MinusCircleOutlined />} aria-label={`${t("remove")} ${text} ${index + 1}`} onClick={() => remove(row.name)} />
              </div>
            ))}
            <Form.ErrorList errors={errors} />
            <Button size="small" icon={<PlusOutlined />} disabled={schema.maxItems !== undefined && rows.length >= schema.maxItems} onClick={() => add()}>
              {t("add")}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
