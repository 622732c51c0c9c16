package insert

import "sigmilter/milter/insert/known"

var (
	labelPhrases     = known.PhrasesOf(known.ContactLabels)
	socialPhrases    = known.PhrasesOf(known.Socials)
	extensionPhrases = known.PhrasesOf(known.Extensions)
	roomPhrases      = known.PhrasesOf(known.Rooms)
	handlePhrases    = known.PhrasesOf(known.Handles)
	sitePhrases      = known.PhrasesOf(known.Sites)
	companyPhrases   = known.PhrasesOf(known.CompanyForms)
	streetPhrases    = known.PhrasesOf(known.Streets)
	countryPhrases   = known.PhrasesOf(known.Countries)
	rolePhrases      = known.PhrasesOf(known.Roles)
)

var (
	accreditationPhrases = known.PhrasesOf(known.Accreditations)
	termPhrases          = known.PhrasesOf(known.Terms)
	headingPhrases       = known.PhrasesOf(known.Headings)
	scanPhrases          = known.PhrasesOf(known.Scans)
	membershipPhrases    = known.PhrasesOf(known.Memberships)
	meetingPhrases       = known.PhrasesOf(known.Meetings)
	standPhrases         = known.PhrasesOf(known.Stands)
	invitationPhrases    = known.PhrasesOf(known.Invitations)
	registerPhrases      = known.PhrasesOf(known.Registers)
	incorporationPhrases = known.PhrasesOf(known.Incorporations)
	privacyPhrases       = known.PhrasesOf(known.Privacy)
	lawPhrases           = known.PhrasesOf(known.Laws)
	officerPhrases       = known.PhrasesOf(known.Officers)
	selfPhrases          = known.PhrasesOf(known.Selves)
	cautionPhrases       = known.PhrasesOf(known.Cautions)
	printPhrases         = known.PhrasesOf(known.Printing)
	environmentPhrases   = known.PhrasesOf(known.Environment)
	printedPhrases       = known.PhrasesOf(known.Prints)
	hourPhrases          = known.PhrasesOf(known.Hours)
	presencePhrases      = known.PhrasesOf(known.Presence)
)
