// Package sigstore keeps what signing needs in one bbolt file: the people of
// each tenant, their rendered signatures, and how the last sync went. (It has
// nothing to do with the supply-chain project of the same name.)
//
// A [Book] is the face for signing. Behind it are the file (package statefile), people
// (people), signatures (signatures) and learned ones (learned), which a [Store] has
// together.
//
// A restart signs from the file before any source was read again, and a lookup
// never waits for a write, for the disk beyond a page fault, or for the network.
// One process writes; the file is locked as long as it is open, and opening it
// gives up after a second instead of waiting for the lock.
//
// # People
//
// A tenant has one or more sources. Of each the records are kept as they were
// read, under the key the source knows the person by, so that a reading of changes
// can be applied and people can be merged again. A [people.Intake] takes over what was
// read; records of several sources that share an address make one person, see
// [people.Plan].
//
// A reading takes the same memory whatever is read: a few thousand changes are held and
// written in one transaction, more are sorted in files without a name next to the
// state file, where there must be room for another copy of the people, and written to the
// staging bucket in small transactions. The last one puts that in the place of what
// there was. So a reading is taken over whole or not at all.
// Small readings of several sources share a transaction. One that changes nothing takes
// none: how it went is written some minutes later, or at the end.
//
// # File
//
//	sigmilter                    bucket that makes the file ours
//	    schema                   schema version, decimal
//	    templates                names of templates, JSON; see [signatures.Shelf.KeepTemplates]
//	    learn                    key of the hashes of learned lines, random; only while
//	                             signatures are learned, see [learned.Memory.KeepLearned]
//	staging                      of a reading that is being written, see below
//	tenants
//	    <tenant>
//	        people               primary address -> entry
//	        addresses            every address of a person -> primary address
//	        contested            address, NUL, source, NUL, key -> of records that
//	                             have an address which is another person's
//	        rendered             primary address, NUL, template -> rendering
//	        learned              primary address -> endings of mails, see package learned;
//	                             only while signatures are learned
//	        count                number of people, decimal
//	        plan                 JSON of people.Plan
//	        sources
//	            <source>
//	                records      key -> version, JSON of directory.Person
//	                members      key -> JSON list of groups
//	                photos       key -> photo, of records that have one
//	                count        number of records, decimal
//	                sync         JSON of people.SyncState
//
// The staging bucket has any of people, addresses and contested of a tenant, and records,
// members and photos of a source. One that a process left behind is dropped when the
// file is opened for writing; older versions ignore it.
//
// Addresses are in lower case. A version is the first half of the SHA-256 of the
// JSON of a person, in which the SHA-256 of the photo stands for the photo; it is compared
// whenever one is read, so that a flipped bit does not get into a signature. An entry has the version of the person, the records
// the person is made of, and the person, unless that is the only record as it is.
// A rendering carries the versions of the person and of the template it was made
// of and the time it runs out, see package signatures; one that cannot be decoded
// counts as absent, since it can be made again.
//
// The endings of a person's mails take 2182 bytes at most. Those that cannot be decoded
// count as absent: they are learned again. Older versions ignore them.
//
// Schema 1 had one source a tenant, and its people in place of entries.
package sigstore
