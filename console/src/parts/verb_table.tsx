// VerbTable: a list verb as a table. Rows come by pages (`after` / `next`), filters from the verb's optional fields,
// columns from its output; a person chooses columns, sorts what is loaded and exports every page as CSV.
import { DownloadOutlined, ReloadOutlined, SettingOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Form, Popover, Progress, Skeleton, Space, Table, Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router-dom";
import { ask, type Input } from "../api/client";
import { csvLine, saveFile } from "../api/csv";
import { inputOf, kindOf } from "../api/form_model";
import { useVerb, type Schema, type VerbShape } from "../api/openapi";
import { asProblem, type Problem } from "../api/problem";
import { useMay } from "../api/session";
import { useTell } from "../shell/live";
import { codeText } from "../words/codes";
import { fieldLabel } from "../words/fields";
import { say, useLanguage, useWords, type Language, type Said } from "../words/said";
import { partWords } from "../words/shell";
import { ProblemNote } from "./problem_note";
import { DigestText, moneyText, numberText, When } from "./values";
import { Field } from "./verb_form";

export type Row = Record<string, unknown>;

export type Column = {
  title?: Said;
  show?: (value: unknown, row: Row) => ReactNode;
  hidden?: boolean; // at first; a person may choose it
  width?: number;
};

export type VerbTableProps = {
  noun: string;
  verb: string;
  title: string; // the table's caption
  fixed?: Input; // sent, not shown as a filter
  start?: Input; // what the filters hold at first
  list?: string; // the answer's array; its only array when absent
  columns?: Readonly<Record<string, Column>>; // overrides, in front in this order; others follow
  only?: readonly string[]; // these columns and no others
  filters?: readonly string[] | false; // which optional fields; all plain ones when absent
  labels?: Readonly<Record<string, Said>>;
  rowKey?: string | ((row: Row) => string);
  rowTo?: (row: Row) => string | undefined; // the first column links there
  actions?: (row: Row, again: () => void) => ReactNode; // a last column
  toolbar?: ReactNode;
  turn?: number; // another number: read again
  onAnswer?: (answer: Row) => void;
  pageRows?: number;
  expand?: (row: Row) => ReactNode;
  codes?: boolean; // choices are shown by words/codes
};

const exportPageRows = 1000;
const exportRowsMax = 1_000_000;

export function VerbTable(props: VerbTableProps) {
  const t = useWords(partWords);
  const shape = useVerb(props.noun, props.verb);
  const may = useMay();
  if (shape === undefined) return <Skeleton active title={false} />;
  if (shape === null) return <Alert type="info" message={t("notBuilt", { verb: `${props.noun} ${props.verb}` })} />;
  if (!may(shape.permission)) return <Alert type="info" message={t("notAllowed", { permission: shape.permission })} />;
  return <Shown {...props} shape={shape} />;
}

function arrayOf(shape: VerbShape, list?: string): { name: string; item: Schema } {
  const properties = shape.output.properties ?? {};
  const name = list ?? Object.keys(properties).find((key) => properties[key]!.type === "array") ?? "";
  return { name, item: properties[name]?.items ?? {} };
}

// How a cell looks by its schema alone.
export function cellOf(value: unknown, schema: Schema | undefined, language: Language, yes: string, no: string): ReactNode {
  if (value === undefined || value === null || value === "") return <span className="soft">–</span>;
  const kind = schema ? kindOf(schema) : "any";
  if (kind === "money") return <span className="number">{moneyText(String(value), language)}</span>;
  if (kind === "moment") return <When at={String(value)} />;
  if (kind === "digest") return <DigestText value={String(value)} />;
  if (kind === "id") return <DigestText value={String(value)} length={13} />;
  if (typeof value === "number") return <span className="number">{numberText(value, language)}</span>;
  if (typeof value === "boolean") return value ? yes : no;
  if (Array.isArray(value)) {
    return (
      <Space size={[4, 4]} wrap>
        {value.map((one, i) => (
          <Tag key={i} style={{ margin: 0 }}>{typeof one === "object" ? JSON.stringify(one) : String(one)}</Tag>
        ))}
      </Space>
    );
  }
  if (typeof value === "object") {
    const said = value as { en?: string; zh?: string };
    if (said.en !== undefined || said.zh !== undefined) return language === "zh" ? said.zh || said.en : said.en || said.zh;
    return <code>{JSON.stringify(value)}</code>;
  }
  return String(value);
}

const isWord = (value: unknown, schema: Schema | undefined): value is string =>
  typeof value === "string" && schema !== undefined && kindOf(schema) === "choice";

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
}

function useRows(props: VerbTableProps, list: string, filters: Input) {
  const [rows, setRows] = useState<Row[]>([]);
  const [next, setNext] = useState<string>();
  const [at, setAt] = useState<string>();
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<Problem>();
  const [turn, setTurn] = useState(0);
  const stop = useRef<AbortController>(undefined);
  const onAnswer = useRef(props.onAnswer);
  onAnswer.current = props.onAnswer;
  const { noun, verb } = props;
  const question = JSON.stringify({ ...filters, ...props.fixed });
  const limit = props.pageRows ?? 50;
  const read = useCallback(
    async (after: string | undefined) => {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      setLoading(true);
      setProblem(undefined);
      try {
        const answer = await ask<Row>(noun, verb, { ...(JSON.parse(question) as Input), ...(limit > 0 ? { limit } : {}), after }, { signal: mine.signal });
        const page = (answer[list] as Row[] | undefined) ?? [];
        setRows((was) => (after ? [...was, ...page] : page));
        setNext(typeof answer.next === "string" && answer.next !== "" ? answer.next : undefined);
        setAt(typeof answer.at === "string" ? answer.at : undefined);
        onAnswer.current?.(answer);
        setLoading(false);
      } catch (error) {
        if (mine.signal.aborted) return;
        setProblem(asProblem(error));
        setLoading(false);
      }
    },
    [noun, verb, question, limit, list],
  );
  useEffect(() => {
    void read(undefined);
    return () => stop.current?.abort();
  }, [read, turn, props.turn]);
  return { rows, next, at, loading, problem, more: () => read(next), again: useCallback(() => setTurn((n) => n + 1), []) };
}

function Shown({ shape, ...props }: VerbTableProps & { shape: VerbShape }) {
  const t = useWords(partWords);
  const tell = useTell();
  const language = useLanguage();
  const { name: list, item } = arrayOf(shape, props.list);
  const inputs = shape.input.properties ?? {};
  const pages = inputs.after !== undefined;
  const [filters, setFilters] = useState<Input>(props.start ?? {});
  const table = useRows({ ...props, pageRows: inputs.limit ? props.pageRows : 0 }, list, filters);

  const columnNames = useMemo(() => {
    const known = props.only ?? [...Object.keys(props.columns ?? {}), ...Object.keys(item.properties ?? {})];
    return [...new Set(known)];
  }, [item, props.columns, props.only]);
  const keptKey = `puhui.columns.${shape.permission}.${props.title}`;
  const [hidden, setHidden] = useState<Set<string>>(() => {
    const kept = localStorage.getItem(keptKey);
    return new Set(kept ? (JSON.parse(kept) as string[]) : columnNames.filter((name) => props.columns?.[name]?.hidden));
  });
  const choose = (name: string, visible: boolean) => {
    const changed = new Set(hidden);
    if (visible) changed.delete(name);
    else changed.add(name);
    setHidden(changed);
    localStorage.setItem(keptKey, JSON.stringify([...changed]));
  };
  const titleOf = (name: string) => {
    const said = props.columns?.[name]?.title ?? props.labels?.[name];
    return said ? say(language, said) : fieldLabel(name, language);
  };
  const visible = columnNames.filter((name) => !hidden.has(name));
  const columns: ColumnsType<Row> = visible.map((name, index) => {
    const schema = item.properties?.[name];
    const own = props.columns?.[name];
    const numeric = schema?.type === "integer" || schema?.type === "number" || schema?.format === "money";
    return {
      key: name,
      dataIndex: name,
      title: schema?.description ? <span title={schema.description}>{titleOf(name)}</span> : titleOf(name),
      align: numeric ? ("right" as const) : undefined,
      width: own?.width,
      sorter: (a: Row, b: Row) => compare(a[name], b[name]),
      showSorterTooltip: false,
      render: (value: unknown, row: Row) => {
        const cell = own?.show ? own.show(value, row) : cellOf(props.codes && isWord(value, schema) ? codeText(value, language) : value, schema, language, t("yes"), t("no"));
        const to = index === 0 ? props.rowTo?.(row) : undefined;
        return to ? <Link to={to}>{own?.show ? cell : schema?.format === "id" ? String(value).slice(0, 13) : cell}</Link> : cell;
      },
    };
  });
  if (props.actions) {
    columns.push({ key: "actions", title: <span className="only-heard">…</span>, render: (_, row) => props.actions!(row, table.again) });
  }
  const caption = props.title;
  const components = useMemo(
    () => ({
      table: ({ children, ...rest }: React.TableHTMLAttributes<HTMLTableElement>) => (
        <table {...rest}>
          <caption className="only-heard">{caption}</caption>
          {children}
        </table>
      ),
    }),
    [caption],
  );
  const keyOf = (row: Row): string => {
    if (typeof props.rowKey === "function") return props.rowKey(row);
    const key = props.rowKey ?? ["id", "decision", "number", "name", "code"].find((name) => row[name] !== undefined);
    return key && row[key] !== undefined ? String(row[key]) : JSON.stringify(row);
  };
  return (
    <section aria-label={props.title}>
      {props.filters !== false && (
        <Filters shape={shape} fixed={props.fixed} only={props.filters} labels={props.labels} codes={props.codes} start={filters} onApply={setFilters} />
      )}
      <div className="toolbar">
        {props.toolbar}
        <span className="soft number">
          {t(table.next ? "rowsShown" : "rowsAll", { count: table.rows.length })}
          {table.at && (
            <>
              {" · "}
              {t("asOf")} <When at={table.at} seconds />
            </>
          )}
        </span>
        <span className="stretch" />
        <Button size="small" icon={<ReloadOutlined />} onClick={table.again} aria-label={t("refresh")} title={t("refresh")} />
        <Popover
          trigger="click"
          placement="bottomRight"
          content={
            <Space direction="vertical" size={2} style={{ maxHeight: 320, overflowY: "auto" }}>
              {columnNames.map((name) => (
                <Checkbox key={name} checked={!hidden.has(name)} onChange={(event) => choose(name, event.target.checked)}>
                  {titleOf(name)}
                </Checkbox>
              ))}
            </Space>
          }
        >
          <Button size="small" icon={<SettingOutlined />} aria-label={t("columns")} title={t("columns")} />
        </Popover>
        <Export shape={shape} input={{ ...filters, ...props.fixed }} list={list} names={columnNames} pages={pages} onDone={(count) => tell(t("exported", { count }))} />
      </div>
      {table.problem && <ProblemNote problem={table.problem} onAgain={table.again} />}
      <Table<Row>
        size="small"
        rowKey={keyOf}
        columns={columns}
        dataSource={table.rows}
        loading={table.loading}
        pagination={false}
        scroll={{ x: "max-content" }}
        components={components}
        locale={{ emptyText: table.loading ? " " : t("noRows") }}
        expandable={props.expand ? { expandedRowRender: props.expand } : undefined}
      />
      {table.next && (
        <div style={{ textAlign: "center", marginTop: 10 }}>
          <Button onClick={table.more} loading={table.loading}>
            {t("moreRows")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Filters({ shape, fixed, only, labels, codes, start, onApply }: {
  shape: VerbShape;
  fixed?: Input;
  only?: readonly string[];
  labels?: Readonly<Record<string, Said>>;
  codes?: boolean;
  start: Input;
  onApply: (filters: Input) => void;
}) {
  const t = useWords(partWords);
  const [form] = Form.useForm();
  const properties = shape.input.properties ?? {};
  const plain = ["text", "money", "rate", "date", "moment", "id", "digest", "integer", "number", "boolean", "choice"];
  const names = (only ?? Object.keys(properties)).filter(
    (name) => properties[name] && !["limit", "after"].includes(name) && !(fixed && name in fixed) && plain.includes(kindOf(properties[name]!)),
  );
  if (names.length === 0) return null;
  const apply = (values: Input) => onApply((inputOf(shape.input, values) as Input | undefined) ?? {});
  return (
    <Form form={form} layout="vertical" className="filters" initialValues={start} onFinish={apply} role="search" aria-label={t("filter")}>
      {names.map((name) => (
        <Field key={name} place={[name]} schema={{ ...properties[name], description: undefined }} required={false} label={labels?.[name]} codes={codes} />
      ))}
      <Space>
        <Button htmlType="submit">{t("filter")}</Button>
        <Button
          type="text"
          onClick={() => {
            for (const name of names) form.setFieldValue(name, undefined);
            onApply({});
          }}
        >
          {t("clear")}
        </Button>
      </Space>
    </Form>
  );
}

function Export({ shape, input, list, names, pages, onDone }: {
  shape: VerbShape;
  input: Input;
  list: string;
  names: readonly string[];
  pages: boolean;
  onDone: (count: number) => void;
}) {
  const t = useWords(partWords);
  const [count, setCount] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async () => {
    stop.current = new AbortController();
    setProblem(undefined);
    const parts: string[] = [csvLine(names)];
    let after: string | undefined;
    let rows = 0;
    setCount(0);
    try {
      do {
        const answer = await ask<Row>(shape.noun, shape.verb, { ...input, ...(pages ? { limit: exportPageRows, after } : {}) }, { signal: stop.current.signal });
        const page = (answer[list] as Row[] | undefined) ?? [];
        parts.push(page.map((row) => csvLine(names.map((name) => row[name]))).join(""));
        rows += page.length;
        setCount(rows);
        after = pages && typeof answer.next === "string" && answer.next !== "" ? answer.next : undefined;
      } while (after && rows < exportRowsMax);
      saveFile(`${shape.noun}-${shape.verb.replaceAll(" ", "-")}.csv`, parts);
      onDone(rows);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setCount(undefined);
    }
  };
  if (problem && problem.kind !== "stopped") return <ProblemNote problem={problem} onAgain={run} />;
  if (count !== undefined) {
    return (
      <Space>
        <Progress type="circle" size={18} percent={100} status="active" showInfo={false} aria-label={t("exporting", { count })} />
        <span>{t("exporting", { count })}</span>
        <Button size="small" onClick={() => stop.current?.abort()}>
          {t("stop")}
        </Button>
      </Space>
    );
  }
  return <Button size="small" icon={<DownloadOutlined />} onClick={run} aria-label={t("exportCsv")} title={t("exportCsv")} />;
}
