// Keys: "?" lists them, "/" goes to the first field, "g" and a letter opens a page. Never while somebody types.
import { Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { say, useLanguage, useWords } from "../words/said";
import { shellWords } from "../words/shell";
import type { Page } from "./page";

const sequenceMsMax = 1200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role=combobox], [role=textbox]"))
  );
}

export function Shortcuts({ pages, open, onOpen }: { pages: readonly Page[]; open: boolean; onOpen: (open: boolean) => void }) {
  const navigate = useNavigate();
  const language = useLanguage();
  const t = useWords(shellWords);
  const [waiting, setWaiting] = useState(false);
  const pressedAt = useRef(0);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (waiting && Date.now() - pressedAt.current < sequenceMsMax) {
        setWaiting(false);
        const page = pages.find((p) => p.shortcut === event.key);
        if (page) {
          event.preventDefault();
          navigate(page.path);
        }
        return;
      }
      if (event.key === "?") onOpen(true);
      if (event.key === "g") {
        pressedAt.current = Date.now();
        setWaiting(true);
      }
      if (event.key === "/") {
        const first = document.querySelector<HTMLElement>("main input:not([disabled]), main textarea");
        if (first) {
          event.preventDefault();
          first.focus();
        }
      }
      if (event.key === "m") document.querySelector<HTMLElement>("nav a")?.focus();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [navigate, pages, waiting, onOpen]);
  const rows: [string, string][] = [
    ["?", t("shortcutHelp")],
    ["/", t("shortcutFilter")],
    ["m", t("shortcutMenu")],
    ...pages
      .filter((page) => page.shortcut)
      .map((page): [string, string] => [`g ${page.shortcut}`, t("shortcutGo", { page: say(language, page.title) })]),
  ];
  return (
    <Modal open={open} onCancel={() => onOpen(false)} footer={null} title={t("shortcuts")}>
      <table className="plain">
        <caption className="only-heard">{t("shortcuts")}</caption>
        <tbody>
          {rows.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
