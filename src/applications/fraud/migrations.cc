#include "applications/fraud/desk.h"

namespace puhui::fraud {

// Payments are appended in the order of their stream and never change: what happens to them later lies in tables of its own.
std::vector<Migration> migrations() {
  return {{"fraud", 1,
           "CREATE TABLE fraud_scheme (name {text} NOT NULL PRIMARY KEY, use_case {text} NOT NULL) {clustered};"
           "CREATE TABLE fraud_payment (scheme {text} NOT NULL, seq {int} NOT NULL, key {text} NOT NULL, content {id} "
           "NOT NULL,"
           " at {int} NOT NULL, judged_at {int} NOT NULL, entity {id} NOT NULL, amount_minor {int} NOT NULL,"
           " action {int} NOT NULL, probability_ppb {int}, late {int} NOT NULL, deadline {int}, decision {id} NOT NULL,"
           " reasons {bytes} NOT NULL, event {bytes}, PRIMARY KEY (scheme, seq)) {clustered};"
           "CREATE TABLE fraud_waiting (scheme {text} NOT NULL, deadline {int} NOT NULL, seq {int} NOT NULL,"
           " action {int} NOT NULL, PRIMARY KEY (scheme, deadline, seq)) {clustered};"
           "CREATE TABLE fraud_settled (scheme {text} NOT NULL, seq {int} NOT NULL, action {int} NOT NULL,"
           " by_whom {text} NOT NULL, why {text} NOT NULL, at {int} NOT NULL, PRIMARY KEY (scheme, seq)) {clustered};"
           "CREATE TABLE fraud_label (scheme {text} NOT NULL, seq {int} NOT NULL, fraud {int} NOT NULL,"
           " known_at {int} NOT NULL, said_at {int} NOT NULL, by_whom {text} NOT NULL, said_times {int} NOT NULL,"
           " PRIMARY KEY (scheme, seq)) {clustered};"
           "CREATE TABLE fraud_label_said (scheme {text} NOT NULL, seq {int} NOT NULL, said_times {int} NOT NULL,"
           " fraud {int} NOT NULL, known_at {int} NOT NULL, said_at {int} NOT NULL, by_whom {text} NOT NULL,"
           " PRIMARY KEY (scheme, seq, said_times)) {clustered};"
           "CREATE TABLE fraud_hour (scheme {text} NOT NULL, hour {int} NOT NULL, action {int} NOT NULL,"
           " payments {int} NOT NULL, amount_minor {int} NOT NULL, PRIMARY KEY (scheme, hour, action)) {clustered}"},
          {"fraud", 2,
           "CREATE TABLE fraud_shadow_run (scheme {text} NOT NULL, champion {bytes} NOT NULL, shadow {bytes} NOT NULL,"
           " first_at {int} NOT NULL, last_at {int} NOT NULL, failed {int} NOT NULL, differing {int} NOT NULL,"
           " PRIMARY KEY (scheme, champion, shadow)) {clustered};"
           "CREATE TABLE fraud_shadow_day (scheme {text} NOT NULL, champion {bytes} NOT NULL, shadow {bytes} NOT NULL,"
           " day {int} NOT NULL, champion_action {int} NOT NULL, shadow_action {int} NOT NULL, payments {int} NOT NULL,"
           " amount_minor {int} NOT NULL,"
           " PRIMARY KEY (scheme, champion, shadow, day, champion_action, shadow_action)) {clustered};"
           "CREATE TABLE fraud_shadow_differing (scheme {text} NOT NULL, champion {bytes} NOT NULL, shadow {bytes} NOT "
           "NULL,"
           " seq {int} NOT NULL, at {int} NOT NULL, shadow_action {int} NOT NULL, reasons {bytes} NOT NULL,"
           " PRIMARY KEY (scheme, champion, shadow, seq)) {clustered}"}};
}

}  // namespace puhui::fraud
