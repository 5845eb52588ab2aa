// CSV that a spreadsheet opens without running anything: a text that would be taken for a formula gets an apostrophe.
const plainNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  let text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (/^[=+\-@\t\r\n]/.test(text) && !plainNumber.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

// The mark at the start makes spreadsheets read it as UTF-8.
export function saveFile(name: string, parts: BlobPart[], type = "text/csv;charset=utf-8"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(type.startsWith("text/csv") ? ["﻿", ...parts] : parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
