#include "infrastructure/access/access.h"

#include <gmock/gmock.h>

#include <thread>

#include "ground/base/text.h"
#include "infrastructure/access/access_for_test.h"

namespace puhui::access {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

INSTANTIATE_TEST_SUITE_P(Engines, AccessTest, testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

template <class T>
std::string fault(const Result<T>& result) {
  return result ? "went well" : result.error().text();
}

// ---- users

TEST_P(AccessTest, the_first_user_must_be_an_admin) {
  EXPECT_FALSE(access_->any_users());
  EXPECT_THAT(fault(access_->add_user({"wang", "Wang", {"risk_officer"}}, root_)),
              HasSubstr("expected the role admin"));
  EXPECT_FALSE(access_->any_users());
  EXPECT_TRUE(access_->add_user({"anna", "Anna", {"admin"}}, root_));
  EXPECT_TRUE(access_->any_users());
  EXPECT_TRUE(access_->add_user({"wang", "Wang", {"risk_officer"}}, root_));
}

TEST_P(AccessTest, every_fault_of_a_new_user_is_told_at_once) {
  add("anna", {"admin"});
  const std::string told =
      fault(access_->add_user({"a b", std::string("x\x01", 2), {"risk_offcer", "auditor", "manager"}}, root_));
  EXPECT_THAT(told, HasSubstr("name: expected 1 to 64 letters"));
  EXPECT_THAT(told, HasSubstr("display_name: expected"));
  EXPECT_THAT(told, HasSubstr("roles/0: there is no role 'risk_offcer'; did you mean 'risk_officer'?"));
  EXPECT_THAT(told, HasSubstr("roles/2: 'manager' and 'auditor' must be different people"));
}

TEST_P(AccessTest, a_name_is_given_once_whatever_its_case) {
  add("anna", {"admin"});
  EXPECT_EQ(access_->add_user({"Anna", "Another", {"service"}}, root_).error().code, ErrorCode::conflict);
}

TEST_P(AccessTest, script_in_a_display_name_is_kept_as_it_was_typed) {
  add("anna", {"admin"});
  const std::string script = "<script>alert('\"普惠\"')</script>; DROP TABLE access_user";
  ASSERT_TRUE(access_->add_user({"eve", script, {"service"}}, root_));
  open();
  EXPECT_EQ(access_->user("eve")->display_name, script);
}

TEST_P(AccessTest, a_one_time_password_opens_nothing_but_its_own_change) {
  const auto added = access_->add_user({"anna", "Anna", {"admin"}}, root_);
  ASSERT_TRUE(added);
  const Ticket ticket = signed_in("anna", added->one_time_password);
  EXPECT_FALSE(caller(ticket).may("user.add"));
  EXPECT_TRUE(caller(ticket).may("user.password"));
  ASSERT_TRUE(access_->change_password({added->one_time_password, "a long enough one"}, caller(ticket)));
  EXPECT_TRUE(caller(ticket).may("user.add")) << "the same session goes on with the rights of the roles";
  EXPECT_FALSE(try_in("anna", added->one_time_password));
  EXPECT_TRUE(try_in("anna", "a long enough one"));
}

TEST_P(AccessTest, what_a_role_may_not_is_an_act_of_the_evidence_once_an_hour) {
  add("anna", {"admin"});
  add("eve", {"service"});
  const Caller eve = caller(in("eve"));
  const auto refusals = [&] {
    EXPECT_TRUE(store_->write([](Transaction&) -> Result<void> { return {}; })) << "what was queued before is written";
    return std::ranges::count(acts(), "eve asked for permit.rollback, which the roles held do not allow: refused");
  };
  for (int i = 0; i < 5; ++i) access_->note_refusal(eve, "permit.rollback");
  EXPECT_EQ(refusals(), 1);
  clock_.advance_us(kRefusalQuietUs);
  access_->note_refusal(eve, "permit.rollback");
  EXPECT_EQ(refusals(), 2);
}

TEST_P(AccessTest, a_one_time_password_grows_too_old) {
  const auto added = access_->add_user({"anna", "Anna", {"admin"}}, root_);
  clock_.advance_us(limits_.one_time_us_max - 1);
  EXPECT_TRUE(try_in("anna", added->one_time_password));
  clock_.advance_us(1);
  EXPECT_EQ(try_in("anna", added->one_time_password).error().code, ErrorCode::forbidden);
  EXPECT_THAT(acts().back(), HasSubstr("too old"));
}

TEST_P(AccessTest, a_new_password_must_be_long_new_and_not_the_name) {
  add("annabella-maria", {"admin"});
  const Caller by = caller(in("annabella-maria"));
  const std::string old = password_of("annabella-maria");
  EXPECT_THAT(fault(access_->change_password({old, "12345678901"}, by)),
              HasSubstr("expected 12 to 256 bytes, came 11"));
  EXPECT_THAT(fault(access_->change_password({old, std::string(257, 'x')}, by)), HasSubstr("came 257"));
  EXPECT_THAT(fault(access_->change_password({old, "Annabella-Maria1"}, by)), HasSubstr("own name"));
  EXPECT_THAT(fault(access_->change_password({old, old}, by)), HasSubstr("another password"));
  EXPECT_EQ(access_->change_password({"wrong", "a new password"}, by).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(access_->change_password({old, "a new password"}, by));
}

TEST_P(AccessTest, changing_the_password_ends_the_other_sessions) {
  add("anna", {"admin"});
  const Ticket mine = in("anna"), other = in("anna");
  EXPECT_EQ(*access_->change_password({password_of("anna"), "a new password"}, caller(mine)), 1);
  EXPECT_TRUE(alive(mine));
  EXPECT_FALSE(alive(other));
}

TEST_P(AccessTest, disabling_a_user_ends_the_sessions_and_shuts_the_door) {
  add("anna", {"admin"});
  add("wang", {"risk_officer"});
  const Ticket ticket = in("wang");
  ASSERT_TRUE(access_->change_user({"wang", {}, {}, true}, root_));
  EXPECT_FALSE(alive(ticket));
  EXPECT_EQ(fault(try_in("wang", password_of("wang"))), "forbidden: name or password is wrong");
  open();
  EXPECT_FALSE(alive(ticket)) << "also after a restart";
  ASSERT_TRUE(access_->change_user({"wang", {}, {}, false}, root_));
  EXPECT_FALSE(alive(ticket)) << "what ended does not come back";
  EXPECT_TRUE(try_in("wang", password_of("wang")));
}

TEST_P(AccessTest, new_roles_hold_from_the_next_request_on) {
  add("anna", {"admin"});
  add("wang", {"service"});
  const Ticket ticket = in("wang");
  EXPECT_FALSE(caller(ticket).may("permit.list"));
  ASSERT_TRUE(access_->change_user({"wang", {}, {{"risk_officer"}}, {}}, root_));
  EXPECT_TRUE(caller(ticket).may("permit.list"));
  EXPECT_FALSE(caller(ticket).may("lending.apply"));
}

TEST_P(AccessTest, nobody_changes_the_own_roles_and_the_last_admin_stays) {
  add("anna", {"admin"});
  add("bo", {"admin"});
  const Caller anna = caller(in("anna"));
  EXPECT_EQ(access_->change_user({"anna", {}, {{"manager"}}, {}}, anna).error().code, ErrorCode::forbidden);
  EXPECT_EQ(access_->change_user({"anna", {}, {}, true}, anna).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(access_->change_user({"anna", "Anna A.", {}, {}}, anna));
  EXPECT_TRUE(access_->change_user({"bo", {}, {}, true}, anna));
  EXPECT_THAT(fault(access_->change_user({"anna", {}, {{"manager"}}, {}}, root_)), HasSubstr("the last admin"));
  EXPECT_THAT(fault(access_->change_user({"anna", {}, {}, true}, root_)), HasSubstr("the last admin"));
}

TEST_P(AccessTest, who_makes_checks_audits_and_gives_access_are_different_people) {
  add("anna", {"admin"});
  for (const auto& roles : std::vector<std::vector<std::string>>{{"policy_writer", "risk_officer"},
                                                                 {"model_builder", "manager"},
                                                                 {"admin", "manager"},
                                                                 {"admin", "service"},
                                                                 {"auditor", "service"}}) {
    EXPECT_THAT(fault(access_->add_user({"wang", "Wang", roles}, root_)), HasSubstr("must be different people"));
  }
  EXPECT_TRUE(access_->add_user({"wang", "Wang", {"policy_writer", "model_builder", "service"}}, root_));
}

TEST_P(AccessTest, a_reset_hands_out_a_new_password_and_ends_the_sessions) {
  add("anna", {"admin"});
  add("wang", {"service"});
  const Ticket ticket = in("wang");
  const auto reset = access_->reset_password("wang", root_);
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->sessions_ended, 1);
  EXPECT_FALSE(alive(ticket));
  EXPECT_FALSE(try_in("wang", password_of("wang")));
  EXPECT_TRUE(try_in("wang", reset->one_time_password));
}

// ---- sessions

TEST_P(AccessTest, a_session_ends_when_it_idles_and_at_the_latest_after_twelve_hours) {
  add("anna", {"admin"});
  const Ticket idle = in("anna"), busy = in("anna");
  for (int i = 0; i < 24 * 60 / 2 - 1; ++i) {
    clock_.advance_us(kMinute);
    ASSERT_TRUE(access_->find(busy.token, Activity::counts)) << i;
    ASSERT_EQ(alive(idle), i < 29) << i;
  }
  clock_.advance_us(kMinute);
  EXPECT_FALSE(alive(busy)) << "twelve hours";
}

TEST_P(AccessTest, what_a_page_asks_on_its_own_keeps_no_session_alive) {
  add("anna", {"admin"});
  const Ticket ticket = in("anna");
  for (int i = 0; i < 29; ++i) {
    clock_.advance_us(kMinute);
    ASSERT_TRUE(access_->find(ticket.token, Activity::background));
  }
  clock_.advance_us(kMinute);
  EXPECT_FALSE(alive(ticket));
}

TEST_P(AccessTest, sessions_survive_a_restart_and_keep_their_csrf_token) {
  add("anna", {"admin"});
  const Ticket ticket = in("anna");
  for (int i = 0; i < 40; ++i) {
    clock_.advance_us(kMinute);
    ASSERT_TRUE(access_->find(ticket.token, Activity::counts));
  }
  open();
  const auto live = access_->find(ticket.token, Activity::counts);
  ASSERT_TRUE(live) << "the time of its last request was written down";
  EXPECT_EQ(live->csrf, ticket.csrf);
  EXPECT_TRUE(live->caller->may("user.add"));
}

TEST_P(AccessTest, the_store_holds_no_token_and_no_password) {
  add("anna", {"admin"});
  const Ticket ticket = in("anna");
  std::string all;
  const auto read = store_->read([&](Reader& reader) -> Result<void> {
    TRY(reader.each("SELECT password_hash FROM access_user", {}, [&](const Row& row) -> Result<void> {
      EXPECT_TRUE(row.text(0).starts_with("$argon2id$")) << row.text(0);
      return {};
    }));
    return reader.each("SELECT digest FROM access_session", {}, [&](const Row& row) -> Result<void> {
      all += to_hex(row.bytes(0)) + " ";
      return {};
    });
  });
  ASSERT_TRUE(read);
  EXPECT_THAT(all, HasSubstr(sha256(ticket.token).hex()));
  EXPECT_THAT(all, Not(HasSubstr(ticket.token)));
  for (const std::string& act : acts()) {
    EXPECT_THAT(act, Not(HasSubstr("password of anna"))) << act;
    EXPECT_THAT(act, Not(HasSubstr(ticket.token)));
  }
}

TEST_P(AccessTest, only_the_token_itself_opens_a_session) {
  add("anna", {"admin"});
  const Ticket ticket = in("anna");
  std::string other = ticket.token;
  other[63] = other[63] == '0' ? '1' : '0';
  for (const std::string& token : {other, sha256(ticket.token).hex(), ticket.csrf, ticket.token.substr(1),
                                   ticket.token + "0", std::string(), caller(ticket).session}) {
    EXPECT_FALSE(access_->find(token, Activity::counts)) << token;
  }
  EXPECT_NE(in("anna").token, ticket.token);
}

TEST_P(AccessTest, signing_out_ends_that_session_alone) {
  add("anna", {"admin"});
  const Ticket first = in("anna"), second = in("anna");
  ASSERT_TRUE(access_->sign_out(first.token));
  EXPECT_FALSE(alive(first));
  EXPECT_TRUE(alive(second));
  EXPECT_TRUE(access_->sign_out(first.token)) << "a second time does no harm";
}

TEST_P(AccessTest, a_session_is_revoked_by_its_user_or_by_who_may) {
  add("anna", {"admin"});
  add("wang", {"service"});
  add("li", {"service"});
  const Ticket anna = in("anna"), wang = in("wang"), li = in("li");
  const auto id = [&](const Ticket& ticket) { return *Id128::parse(caller(ticket).session); };
  EXPECT_EQ(access_->revoke(id(wang), caller(li)).error().code, ErrorCode::not_found);
  EXPECT_TRUE(alive(wang));
  EXPECT_EQ(access_->revoke(id(wang), caller(anna))->name, "wang");
  EXPECT_FALSE(alive(wang));
  EXPECT_TRUE(access_->revoke(id(li), caller(li)));
  EXPECT_FALSE(alive(li));
}

TEST_P(AccessTest, a_user_has_so_many_sessions_and_the_oldest_goes) {
  add("anna", {"admin"});
  std::vector<Ticket> tickets;
  for (size_t i = 0; i <= limits_.sessions_a_user_max; ++i) {
    clock_.advance_us(kSecond);
    tickets.push_back(in("anna"));
  }
  EXPECT_FALSE(alive(tickets[0]));
  EXPECT_TRUE(alive(tickets[1]));
  EXPECT_EQ(access_->sessions().size(), limits_.sessions_a_user_max);
}

TEST_P(AccessTest, sessions_that_are_over_leave_the_store) {
  add("anna", {"admin"});
  in("anna");
  clock_.advance_us(13 * kHour);
  in("anna");
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    EXPECT_EQ(TRY(reader.integer("SELECT COUNT(*) FROM access_session")), 1);
    return {};
  }));
}

// ---- signing in

TEST_P(AccessTest, a_wrong_password_and_an_unknown_name_are_told_alike) {
  add("anna", {"admin"});
  const auto wrong = try_in("anna", "not the password"), nobody = try_in("nobody", "not the password");
  EXPECT_EQ(fault(wrong), fault(nobody));
  EXPECT_EQ(wrong.error().code, ErrorCode::forbidden);
  const auto all = acts();
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all[all.size() - 2], "sign-in of anna from 10.0.0.1 refused: wrong password");
  EXPECT_EQ(all[all.size() - 1], "sign-in of unknown from 10.0.0.1 refused: unknown name")
      << "what was typed may be a password";
}

TEST_P(AccessTest, each_failed_sign_in_of_a_name_waits_twice_as_long) {
  add("anna", {"admin"});
  for (int i = 0; i < limits_.attempts.name_free; ++i) {
    ASSERT_EQ(try_in("anna", "not the password").error().code, ErrorCode::forbidden) << i;
  }
  EXPECT_THAT(acts().back(), HasSubstr("locked, the next try may come in 1 s"));
  EXPECT_THAT(fault(try_in("anna", password_of("anna"))), HasSubstr("too many failed sign-ins"))
      << "the right password has to wait too";
  int64_t wait = kSecond;
  for (int i = 0; i < 14; ++i) {
    clock_.advance_us(wait - 1);
    ASSERT_EQ(try_in("anna", "not the password").error().code, ErrorCode::exhausted) << i;
    clock_.advance_us(1);
    ASSERT_EQ(try_in("anna", "not the password").error().code, ErrorCode::forbidden) << i;
    wait = std::min(2 * wait, limits_.attempts.wait_us_max);
  }
  EXPECT_EQ(wait, limits_.attempts.wait_us_max);
  clock_.advance_us(wait);
  EXPECT_TRUE(try_in("anna", password_of("anna")));
  EXPECT_EQ(try_in("anna", "not the password").error().code, ErrorCode::forbidden) << "a success begins anew";
  EXPECT_TRUE(try_in("anna", password_of("anna")));
}

TEST_P(AccessTest, an_address_that_tries_many_names_waits_and_others_do_not) {
  add("anna", {"admin"});
  for (int i = 0; i < limits_.attempts.peer_free; ++i) {
    ASSERT_EQ(try_in("name" + std::to_string(i), "not the password", "10.9.9.9").error().code, ErrorCode::forbidden);
  }
  EXPECT_EQ(try_in("anna", password_of("anna"), "10.9.9.9").error().code, ErrorCode::exhausted);
  EXPECT_TRUE(try_in("anna", password_of("anna"), "10.0.0.2"));
}

TEST_P(AccessTest, tries_that_must_wait_write_no_evidence) {
  add("anna", {"admin"});
  for (int i = 0; i < limits_.attempts.name_free; ++i) (void)try_in("anna", "not the password");
  const size_t before = acts().size();
  for (int i = 0; i < 100; ++i) (void)try_in("anna", "not the password");
  EXPECT_EQ(acts().size(), before) << "a flood must not fill the chain";
}

TEST_P(AccessTest, a_password_that_is_too_long_is_not_hashed) {
  add("anna", {"admin"});
  EXPECT_EQ(try_in("anna", std::string(257, 'x')).error().code, ErrorCode::invalid);
}

TEST_P(AccessTest, sign_ins_at_one_time_all_open_their_own_session) {
  add("anna", {"admin"});
  std::vector<std::string> tokens(8);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < tokens.size(); ++i) {
      threads.emplace_back([&, i] {
        for (;;) {
          const auto ticket = try_in("anna", password_of("anna"), "10.0.1." + std::to_string(i));
          if (ticket) return (void)(tokens[i] = ticket->token);
          if (ticket.error().code != ErrorCode::exhausted) return;
          clock_.advance_us(kSecond);
        }
      });
    }
  }
  for (const std::string& token : tokens) EXPECT_TRUE(access_->find(token, Activity::counts)) << token;
}

// ---- the evidence

TEST_P(AccessTest, what_happens_to_users_stands_in_the_evidence) {
  add("anna", {"admin"});
  const size_t before = acts().size();
  ASSERT_TRUE(access_->add_user({"wang", "Wang", {"service"}}, caller(in("anna"))));
  ASSERT_TRUE(access_->change_user({"wang", {}, {{"risk_officer"}}, true}, root_));
  ASSERT_TRUE(access_->reset_password("wang", root_));
  const auto all = acts();
  EXPECT_THAT(std::vector(all.begin() + static_cast<std::ptrdiff_t>(before), all.end()),
              ElementsAre("user anna signed in from 10.0.0.1", "user wang added with the roles service",
                          "user wang changed: roles service to risk_officer; disabled", "password of user wang reset"));
}

TEST_P(AccessTest, a_change_that_cannot_be_written_down_does_not_happen) {
  add("anna", {"admin"});
  store_->close();
  EXPECT_FALSE(access_->add_user({"wang", "Wang", {"service"}}, root_));
  EXPECT_FALSE(access_->user("wang"));
  EXPECT_FALSE(try_in("anna", password_of("anna")));
  EXPECT_THAT(access_->sessions(), testing::IsEmpty());
}

}  // namespace
}  // namespace puhui::access
