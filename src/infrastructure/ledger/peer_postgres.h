// For the bench only: the peer, double entry as it is usually done in PostgreSQL: rows of accounts and transfers, and
// one plpgsql function a transfer, called by many clients over libpq.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "ground/base/check.h"

namespace puhui::ledger {

class PostgresPeer {
 public:
  explicit PostgresPeer(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    CHECK(PQstatus(connection_) == CONNECTION_OK, PQerrorMessage(connection_));
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    run("SET search_path TO puhui_bench, public");
  }
  ~PostgresPeer() { PQfinish(connection_); }
  PostgresPeer(const PostgresPeer&) = delete;
  PostgresPeer& operator=(const PostgresPeer&) = delete;

  // Fresh tables with `accounts` funded accounts.
  void create(int accounts) {
    run("DROP SCHEMA IF EXISTS puhui_bench CASCADE");
    run("CREATE SCHEMA puhui_bench");
    run("SET search_path TO puhui_bench");
    run("CREATE TABLE account(id bigint PRIMARY KEY, currency int NOT NULL, limited boolean NOT NULL, "
        "debits bigint NOT NULL DEFAULT 0, credits bigint NOT NULL DEFAULT 0)");
    run("CREATE TABLE transfer(id uuid PRIMARY KEY, debit bigint NOT NULL, credit bigint NOT NULL, "
        "amount bigint NOT NULL, currency int NOT NULL, code int NOT NULL, at timestamptz NOT NULL DEFAULT now())");
    // Accounts are locked in the order of their ids, so that two transfers never wait for each other.
    run("CREATE FUNCTION book(t uuid, d bigint, c bigint, m bigint, cur int, k int) RETURNS int LANGUAGE plpgsql AS $$ "
        "DECLARE a account; b account; "
        "BEGIN "
        "  INSERT INTO transfer(id, debit, credit, amount, currency, code) VALUES (t, d, c, m, cur, k) "
        "    ON CONFLICT DO NOTHING; "
        "  IF NOT FOUND THEN RETURN 1; END IF; "
        "  PERFORM 1 FROM account WHERE id IN (d, c) ORDER BY id FOR UPDATE; "
        "  SELECT * INTO a FROM account WHERE id = d; "
        "  SELECT * INTO b FROM account WHERE id = c; "
        "  IF a.id IS NULL OR b.id IS NULL OR a.currency <> cur OR b.currency <> cur THEN "
        "    RAISE EXCEPTION 'no such account'; END IF; "
        "  IF a.limited AND a.debits + m > a.credits THEN RAISE EXCEPTION 'exceeds credits'; END IF; "
        "  UPDATE account SET debits = debits + m WHERE id = d; "
        "  UPDATE account SET credits = credits + m WHERE id = c; "
        "  RETURN 0; "
        "END $$");
    run("INSERT INTO account(id, currency, limited, credits) "
        "SELECT n, 156, true, 1000000000000 FROM generate_series(1, " +
        std::to_string(accounts) + ") n");
    run("ANALYZE account");
  }

  void prepare() { run("PREPARE book AS SELECT book($1, $2, $3, $4, 156, 7)"); }

  void transfer(const std::string& id, int64_t debit, int64_t credit, int64_t amount_minor) {
    const std::string d = std::to_string(debit), c = std::to_string(credit), m = std::to_string(amount_minor);
    const char* values[] = {id.c_str(), d.c_str(), c.c_str(), m.c_str()};
    const Answer answer(PQexecPrepared(connection_, "book", 4, values, nullptr, nullptr, 0));
    CHECK(PQresultStatus(answer.get()) == PGRES_TUPLES_OK, PQerrorMessage(connection_));
  }

 private:
  using Answer = std::unique_ptr<PGresult, decltype([](PGresult* result) { PQclear(result); })>;
  void run(const std::string& sql) {
    const Answer answer(PQexec(connection_, sql.c_str()));
    CHECK(PQresultStatus(answer.get()) == PGRES_COMMAND_OK, PQerrorMessage(connection_));
  }
  PGconn* connection_;
};

}  // namespace puhui::ledger
