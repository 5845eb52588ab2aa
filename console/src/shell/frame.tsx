// The frame of every page: header, the menu of what this person may see, the page.
import { BgColorsOutlined, MenuOutlined, QuestionCircleOutlined, TranslationOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Drawer, Dropdown, Layout, Tag } from "antd";
import { Component, Suspense, useEffect, useState, type ReactNode } from "react";
import { Link, NavLink, Navigate, Route, Routes, useLocation, useNavigate } from "react-router-dom";
import { asProblem } from "../api/problem";
import { openApi, type OpenApi } from "../api/openapi";
import { onReachable, pathOf } from "../api/client";
import { mayDo, signOut, useSession } from "../api/session";
import { pages } from "../pages";
import { ProblemNote } from "../parts/problem_note";
import { Waiting } from "../parts/waiting";
import { say, useLanguage, useWords, type Language, type Said } from "../words/said";
import { shellWords } from "../words/shell";
import type { Group, Page } from "./page";
import { Shortcuts } from "./shortcuts";
import type { Appearance } from "./theme";

const groups: readonly (readonly [Group, keyof typeof shellWords])[] = [
  ["overview", "groupOverview"],
  ["decisions", "groupDecisions"],
  ["policies", "groupPolicies"],
  ["models", "groupModels"],
  ["lending", "groupLending"],
  ["guard", "groupGuard"],
  ["federation", "groupFederation"],
  ["governance", "groupGovernance"],
  ["people", "groupPeople"],
];

export function visiblePages(permissions: readonly string[], api: OpenApi | undefined): Page[] {
  return pages.filter(
    (page) =>
      (page.needs === null || mayDo(permissions, page.needs)) &&
      (!page.needsVerb || (api !== undefined && api.paths[pathOf(...page.needsVerb)] !== undefined)),
  );
}

// A page that throws takes itself down and nothing beside it.
class Fence extends Component<{ children: ReactNode; title: string; again: string }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="page">
        <h1>{this.props.title}</h1>
        <ProblemNote problem={asProblem(this.state.error)} />
        <Button onClick={() => this.setState({ error: undefined })}>{this.props.again}</Button>
      </div>
    );
  }
}

function MainMenu({ shown, onChosen }: { shown: readonly Page[]; onChosen: () => void }) {
  const t = useWords(shellWords);
  const language = useLanguage();
  return (
    <nav aria-label={t("main")} className="main-menu">
      {groups.map(([group, key]) => {
        const here = shown.filter((page) => page.group === group && page.inMenu !== false);
        if (here.length === 0) return null;
        return (
          <div key={group} className="menu-group">
            {here.length > 1 && <div className="menu-group-title">{t(key)}</div>}
            <ul>
              {here.map((page) => (
                <li key={page.path}>
                  <NavLink to={page.path} onClick={onChosen} end={page.path === "/"}>
                    <span aria-hidden="true">{page.icon}</span>
                    {say(language, page.title)}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

export type FrameProps = {
  language: Language;
  onLanguage: (next: Language) => void;
  appearance: Appearance;
  onAppearance: (next: Appearance) => void;
};

function TitleOfPage({ title }: { title: Said }) {
  const language = useLanguage();
  useEffect(() => {
    document.title = `${say(language, title)} · Puhui`;
  }, [language, title]);
  return null;
}

export function Frame({ language, onLanguage, appearance, onAppearance }: FrameProps) {
  const t = useWords(shellWords);
  const session = useSession();
  const location = useLocation();
  const navigate = useNavigate();
  const [api, setApi] = useState<OpenApi>();
  const [drawer, setDrawer] = useState(false);
  const [keysOpen, setKeysOpen] = useState(false);
  const [reached, setReached] = useState(true);
  useEffect(() => {
    openApi().then(setApi, () => setApi({ paths: {} }));
    onReachable(setReached);
    return () => onReachable(() => undefined);
  }, []);
  const shown = visiblePages(session.permissions, api);
  // A new page begins at its heading, for eyes and for readers alike.
  useEffect(() => {
    document.getElementById("content")?.scrollTo(0, 0);
  }, [location.pathname]);
  const account = {
    items: [
      { key: "name", label: `${session.display_name || session.name} (${session.roles.join(", ")})`, disabled: true },
      ...(session.local ? [] : [{ key: "account", label: t("account") }, { key: "out", label: t("signOut") }]),
    ],
    onClick: ({ key }: { key: string }) => {
      if (key === "account") navigate("/account");
      if (key === "out") signOut().finally(() => window.location.assign("/"));
    },
  };
  const appearances = {
    items: (["system", "light", "dark"] as const).map((key) => ({
      key,
      label: t(key === "system" ? "themeSystem" : key === "light" ? "themeLight" : "themeDark"),
    })),
    selectable: true,
    selectedKeys: [appearance],
    onClick: ({ key }: { key: string }) => onAppearance(key as Appearance),
  };
  return (
    <Layout className="frame">
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header className="head">
        <Button className="only-narrow" type="text" icon={<MenuOutlined />} aria-label={t("menu")} onClick={() => setDrawer(true)} />
        <Link to="/" className="brand">
          <img src="/mark.svg" alt="" width={24} height={24} />
          <span>
            Puhui <span lang="zh">普惠</span>
          </span>
        </Link>
        <span className="stretch" />
        {session.local && <Tag>{t("localMode")}</Tag>}
        <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t("shortcuts")} title={`${t("shortcuts")} (?)`} onClick={() => setKeysOpen(true)} />
        <Dropdown menu={appearances} trigger={["click"]}>
          <Button type="text" icon={<BgColorsOutlined />} aria-label={t("theme")} title={t("theme")} />
        </Dropdown>
        <Button
          type="text"
          icon={<TranslationOutlined />}
          aria-label={t("languageLabel")}
          lang={language === "en" ? "zh" : "en"}
          onClick={() => onLanguage(language === "en" ? "zh" : "en")}
        >
          <span className="only-wide">{t("language")}</span>
        </Button>
        <Dropdown menu={account} trigger={["click"]}>
          <Button type="text" icon={<UserOutlined />} aria-label={`${t("account")}: ${session.name}`}>
            <span className="only-wide">{session.display_name || session.name}</span>
          </Button>
        </Dropdown>
      </header>
      <div className="body">
        <div className="side only-wide">
          <MainMenu shown={shown} onChosen={() => undefined} />
        </div>
        <Drawer open={drawer} onClose={() => setDrawer(false)} placement="left" width={260} title={t("menu")} styles={{ body: { padding: 0 } }}>
          <MainMenu shown={shown} onChosen={() => setDrawer(false)} />
        </Drawer>
        <main id="content" tabIndex={-1}>
          {!reached && <Alert banner type="warning" message={t("offline")} />}
          {session.must_change_password && location.pathname !== "/account" && (
            <Alert banner type="warning" message={t("mustChange")} action={<Link to="/account">{t("account")}</Link>} />
          )}
          <Fence key={location.pathname} title={t("pageFailed")} again={t("tryAgain")}>
            <Suspense fallback={<Waiting />}>
              <Routes>
                {shown.map((page) => (
                  <Route
                    key={page.path}
                    path={page.path === "/" ? "/" : `${page.path}/*`}
                    element={
                      <>
                        <TitleOfPage title={page.title} />
                        <page.view />
                      </>
                    }
                  />
                ))}
                {shown.length > 0 && !shown.some((page) => page.path === "/") && (
                  <Route path="/" element={<Navigate to={shown[0]!.path} replace />} />
                )}
                <Route path="*" element={api === undefined ? <Waiting /> : <NoSuchPage />} />
              </Routes>
            </Suspense>
          </Fence>
        </main>
      </div>
      <Shortcuts pages={shown} open={keysOpen} onOpen={setKeysOpen} />
    </Layout>
  );
}

function NoSuchPage() {
  const t = useWords(shellWords);
  return (
    <div className="page">
      <h1>{t("noSuchPage")}</h1>
      <Link to="/">{t("goHome")}</Link>
    </div>
  );
}
