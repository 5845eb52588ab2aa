// How an evidence pack is made and printed. The same store at the same moment gives the same bytes.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/pack.h"

namespace puhui::audit {

Result<Pack> gather_pack(const AuditNeeds& needs, PackKind kind, const std::string& use_case, Language language);
std::string print_pack(const Pack& pack, PackFormat format);

Result<PackAnswer> make_pack(const AuditNeeds& needs, const PackRequest& request);
Result<PackListAnswer> list_packs(const AuditNeeds& needs);

std::string html_text(std::string_view text);      // escaped; line ends become <br>
std::string markdown_text(std::string_view text);  // on one line, nothing in it is markup

}  // namespace puhui::audit
