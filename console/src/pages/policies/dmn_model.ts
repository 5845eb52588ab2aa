// A DMN text as the editor's model and back; loaded together with the editor. A file without a drawing gets one laid out
// here, so that it opens as a picture at once.
import { getMarshaller, type DmnLatestModel } from "@kie-tools/dmn-marshaller";
import { normalize, type Normalized } from "@kie-tools/dmn-marshaller/dist/normalization/normalize";

export type Model = Normalized<DmnLatestModel>;
export type OpenedModel = { model: Model; textOf: (model: Model) => string };

type Requirement = { "@_id"?: string; requiredInput?: Href; requiredDecision?: Href; requiredKnowledge?: Href; requiredAuthority?: Href };
type Href = { "@_href": string };
type Element = {
  __$$element: string;
  "@_id": string;
  "@_name"?: string;
  informationRequirement?: Requirement[];
  knowledgeRequirement?: Requirement[];
  authorityRequirement?: Requirement[];
};

const width = 180;
const height = 60;
const gapAcross = 40;
const gapUp = 120;
const leftmost = 120; // free of the editor's palette
const rowMax = 9; // elements side by side; more stand in rows one below the other

// Throws when the text is no DMN.
export function openModel(text: string): OpenedModel {
  const marshaller = getMarshaller(text, { upgradeTo: "latest" });
  const model = normalize(marshaller.parser.parse());
  const definitions = model.definitions;
  if (!definitions["dmndi:DMNDI"]?.["dmndi:DMNDiagram"]) {
    definitions["dmndi:DMNDI"] = drawingOf((definitions.drgElement ?? []) as unknown as Element[]) as (typeof definitions)["dmndi:DMNDI"];
  }
  return { model, textOf: (edited) => marshaller.builder.build(edited) };
}

function requirementsOf(element: Element): { id: string; from: string }[] {
  return [...(element.informationRequirement ?? []), ...(element.knowledgeRequirement ?? []), ...(element.authorityRequirement ?? [])].flatMap(
    (one) => {
      const href = one.requiredInput ?? one.requiredDecision ?? one.requiredKnowledge ?? one.requiredAuthority;
      return href?.["@_href"].startsWith("#") ? [{ id: one["@_id"] ?? "", from: href["@_href"].slice(1) }] : [];
    },
  );
}

// Decisions stand above what they require; what nothing stands below is put right under its lowest user.
function levelsOf(elements: readonly Element[]): Map<string, number> {
  const byId = new Map(elements.map((element) => [element["@_id"], element]));
  const level = new Map<string, number>();
  const visit = (id: string, path: ReadonlySet<string>): number => {
    const known = level.get(id);
    if (known !== undefined) return known;
    const element = byId.get(id);
    if (!element || path.has(id)) return 0; // a cycle is a fault that the check names
    const inside = new Set([...path, id]);
    const below = requirementsOf(element).map(({ from }) => visit(from, inside));
    const found = below.length === 0 ? 0 : 1 + Math.max(...below);
    level.set(id, found);
    return found;
  };
  for (const element of elements) visit(element["@_id"], new Set());
  for (const element of elements) {
    if (requirementsOf(element).length > 0) continue;
    const users = elements.filter((user) => requirementsOf(user).some(({ from }) => from === element["@_id"]));
    if (users.length > 0) level.set(element["@_id"], Math.min(...users.map((user) => level.get(user["@_id"]) ?? 1)) - 1);
  }
  return level;
}

type Place = { x: number; y: number };

function placesOf(elements: readonly Element[]): Map<string, Place> {
  const level = levelsOf(elements);
  const top = Math.max(0, ...level.values());
  const places = new Map<string, Place>();
  let y = 40;
  for (let at = top; at >= 0; --at) {
    // Each stands below the middle of those that use it, which were placed before.
    const row = elements
      .filter((element) => level.get(element["@_id"]) === at)
      .map((element, order) => {
        const users = elements.filter((user) => requirementsOf(user).some(({ from }) => from === element["@_id"])).flatMap((user) => places.get(user["@_id"]) ?? []);
        const middle = users.length === 0 ? 0 : users.reduce((sum, place) => sum + place.x, 0) / users.length;
        return { element, order, middle };
      })
      .sort((a, b) => a.middle - b.middle || a.order - b.order);
    for (let start = 0; start < row.length; start += rowMax) {
      const part = row.slice(start, start + rowMax);
      const span = part.length * (width + gapAcross) - gapAcross;
      part.forEach(({ element }, i) => places.set(element["@_id"], { x: Math.round(1000 - span / 2 + i * (width + gapAcross)), y }));
      y += start + rowMax < row.length ? height + gapAcross : height + gapUp;
    }
  }
  const left = Math.min(...[...places.values()].map((place) => place.x));
  for (const place of places.values()) place.x += leftmost - left;
  return places;
}

function drawingOf(elements: readonly Element[]): unknown {
  const places = placesOf(elements);
  const shapes = elements.flatMap((element) => {
    const place = places.get(element["@_id"]);
    if (!place || element.__$$element === "decisionService") return [];
    return [
      {
        __$$element: "dmndi:DMNShape",
        "@_id": `shape_${element["@_id"]}`,
        "@_dmnElementRef": element["@_id"],
        "@_isCollapsed": false,
        "@_isListedInputData": false,
        "dc:Bounds": { "@_x": place.x, "@_y": place.y, "@_width": width, "@_height": height },
      },
    ];
  });
  const edges = elements.flatMap((element) =>
    requirementsOf(element).flatMap(({ id, from }) => {
      const [source, target] = [places.get(from), places.get(element["@_id"])];
      if (!source || !target || id === "") return [];
      return [
        {
          __$$element: "dmndi:DMNEdge",
          "@_id": `edge_${id}`,
          "@_dmnElementRef": id,
          "di:waypoint": [
            { "@_x": source.x + width / 2, "@_y": source.y },
            { "@_x": target.x + width / 2, "@_y": target.y + height },
          ],
        },
      ];
    }),
  );
  return {
    "dmndi:DMNDiagram": [
      { "@_id": "drawing", "@_name": "Drawing", "@_useAlternativeInputDataShape": false, "dmndi:DMNDiagramElement": [...shapes, ...edges] },
    ],
  };
}

// The id of the element a decision, a model or an input is named by.
export function idByName(model: Model): Map<string, string> {
  const out = new Map<string, string>();
  for (const element of (model.definitions.drgElement ?? []) as unknown as Element[]) {
    if (element["@_name"]) out.set(element["@_name"], element["@_id"]);
  }
  return out;
}
