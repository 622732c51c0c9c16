// Package lab is the world around sigmilter, on one machine and on loopback
// only: a private Postfix ([StartPostfix]) or Sendmail ([StartSendmail]), a stand-in for Microsoft 365
// ([StartCloud]), the sigmilter daemon as a process ([StartDaemon]) and mail as
// the various clients write it ([Samples]). The end-to-end tests and the demo
// are built on it.
//
//	Cloud.Send --SMTP--> MTA (milter: sigmilter) --SMTP--> Cloud, as inbound connector
//
// Everything lives below a directory of the caller, every port is chosen by the
// kernel, and nothing of the machine's own mail set-up is read or changed, so
// that any number of labs may run at once. [Check] judges what came back with a
// reader of its own, independent of sigmilter's packages.
package lab
