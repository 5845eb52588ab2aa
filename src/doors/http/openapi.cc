#include "doors/http/openapi.h"

#include <algorithm>
#include <string>

#include "doors/http/problem.h"
#include "doors/http/route.h"
#include "ground/base/schema.h"
#include "ground/base/text_pairs.h"

namespace puhui::http {

namespace {

Json schema_of_walk(const ShapeWalk& walk) {
  SchemaWriter writer;
  walk(writer);
  return writer.take();
}

Json reference(const std::string& to) { return Json::Object{{"$ref", "#/components/" + to}}; }

Json json_content(Json schema) {
  return Json::Object{{"application/json", Json::Object{{"schema", std::move(schema)}}}};
}

// What a query can say of one field: its own schema where it is plain, a text of JSON where it is not.
Json parameter(const InputField& field) {
  Json schema;
  switch (field.kind) {
    case InputField::Kind::boolean: schema.set("type", "boolean"); break;
    case InputField::Kind::integer: schema.set("type", "integer"); break;
    case InputField::Kind::real: schema.set("type", "number"); break;
    default: schema.set("type", "string");
  }
  if (field.kind == InputField::Kind::integer && field.min) schema.set("minimum", *field.min);
  if (field.kind == InputField::Kind::integer && field.max) schema.set("maximum", *field.max);
  if (field.kind == InputField::Kind::text && field.type != "text") schema.set("format", field.type);
  if (!field.choices.empty()) schema.set("enum", Json::List(field.choices.begin(), field.choices.end()));
  Json out;
  out.set("name", field.path);
  out.set("in", "query");
  out.set("required", field.required);
  if (!field.help.empty()) out.set("description", field.help);
  out.set("schema", field.list ? Json(Json::Object{{"type", "array"}, {"items", schema}}) : schema);
  return out;
}

Json query_parameters(const Verb& verb) {
  Json::List out;
  const auto known = input_fields(verb.input);
  for (const InputField& field : known) {
    const bool has_parts = std::any_of(
        known.begin(), known.end(), [&](const InputField& other) { return other.path.starts_with(field.path + "."); });
    if (!has_parts) out.push_back(parameter(field));
  }
  return out;
}

Json responses(const Verb& verb) {
  Json out;
  out.set("200", Json::Object{{"description", "The answer"}, {"content", json_content(schema_of_walk(verb.output))}});
  for (const char* status : {"400", "401", "403", "404", "409", "413", "429", "500", "503"}) {
    out.set(status, reference("responses/Problem"));
  }
  return out;
}

Json operation(const Verb& verb, std::string id) {
  Json out;
  out.set("operationId", std::move(id));
  out.set("tags", Json::List{Json(verb.noun)});
  out.set("summary", verb.help);
  out.set("description", "Needs the permission `" + verb.permission() + "`.");
  return out;
}

Json operation_of_post(const Verb& verb) {
  Json out = operation(verb, verb.permission() + (verb.effect == Effect::read ? ".post" : ""));
  if (!verb.repeat_key.empty()) out.set("parameters", Json::List{reference("parameters/IdempotencyKey")});
  out.set("requestBody", Json::Object{{"required", true}, {"content", json_content(schema_of_walk(verb.input))}});
  out.set("responses", responses(verb));
  return out;
}

Json operation_of_get(const Verb& verb) {
  Json out = operation(verb, verb.permission());
  out.set("parameters", query_parameters(verb));
  out.set("responses", responses(verb));
  return out;
}

Json components() {
  const Json key = Json::Object{{"name", "Idempotency-Key"},
                                {"in", "header"},
                                {"required", false},
                                {"description", "Makes a repeat harmless; the same as the field of the body it fills."},
                                {"schema", Json::Object{{"type", "string"}, {"maxLength", 128}}}};
  const Json bearer = Json::Object{{"type", "http"}, {"scheme", "bearer"}};
  const Json refused = Json::Object{
      {"description", "A refusal that names every fault"},
      {"content", Json::Object{{"application/problem+json", Json::Object{{"schema", reference("schemas/Problem")}}}}}};
  Json out;
  out.set("schemas", Json::Object{{"Problem", problem_schema()}});
  out.set("responses", Json::Object{{"Problem", refused}});
  out.set("parameters", Json::Object{{"IdempotencyKey", key}});
  out.set("securitySchemes", Json::Object{{"key", bearer}});
  return out;
}

}  // namespace

Json openapi(const std::vector<const Verb*>& verbs) {
  Json paths = Json::Object{};
  for (const Verb* verb : verbs) {
    Json item;
    if (verb->effect == Effect::read) item.set("get", operation_of_get(*verb));
    item.set("post", operation_of_post(*verb));
    paths.set(path_of(*verb), std::move(item));
  }
  Json out;
  out.set("openapi", "3.1.0");
  out.set("info", Json::Object{{"title", "Puhui"},
                               {"version", "1"},
                               {"description",
                                "An AI-native bank engine: every automated judgement is one governed decision."}});
  out.set("paths", std::move(paths));
  out.set("components", components());
  out.set("security", Json::List{Json(Json::Object{{"key", Json::List{}}})});
  return out;
}

}  // namespace puhui::http
