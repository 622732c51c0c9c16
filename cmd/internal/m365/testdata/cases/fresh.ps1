Reset-Tenant
$null = New-TransportRule -Name 'Disclaimer' -Priority 0 -FromScope 'InOrganization'
$Tenant.Log.Clear()
Invoke-Script 'status of an empty tenant' $Script @{} 1 'missing'
Invoke-Script 'whatif' $Script @{ Create = $true; SecretFile = $Code; WhatIf = $true } 0 'SmartHosts: "" -> "relay.contoso.com".*TlsSettings: "" -> "DomainValidation"'
Assert-That '-WhatIf changes nothing' ($Tenant.Log.Count -eq 0)
Invoke-Script 'create' $Script @{ Create = $true; SecretFile = $Code } 0 'stand above 1 rules of others'
Assert-That 'our rules come first, the routing rule last of them' ((Get-Order) -match 'recalls\|Sigmilter route\|Disclaimer$')
Assert-That 'all rules of ours are off' (@($Tenant.Rules | Where-Object { $_.Name -like 'Sigmilter*' -and $_.State -ne 'Disabled' }).Count -eq 0)
Assert-That 'the rule has the code' ((Find-Rule 'Sigmilter route').SetHeaderValue -ceq 'wQ7s''secret')
Assert-That 'the allow list was added to' (($Tenant.Allow -join ' ') -eq '198.51.100.1 192.0.2.10')
$n = $Tenant.Log.Count
Invoke-Script 'again' $Script @{ Create = $true; SecretFile = $Code } 0 'All is as wanted'
Invoke-Script 'again, without the code' $Script @{ Create = $true } 0
Assert-That 'a second time changes nothing' ($Tenant.Log.Count -eq $n)
Invoke-Script 'resume' $Script @{ Resume = $true } 0
Assert-That 'all rules are on' (@($Tenant.Rules | Where-Object { $_.State -ne 'Enabled' }).Count -eq 0)
Invoke-Script 'status' $Script @{} 0 'All is as wanted'
Invoke-Script 'pause' $Script @{ Pause = $true } 0
Assert-That 'only theirs is on' (@($Tenant.Rules | Where-Object { $_.State -eq 'Enabled' }).Name -eq 'Disclaimer')
Invoke-Script 'drained too early' $Script @{ Remove = $true; Drained = $true } 1 'removes it first'
Invoke-Script 'remove' $Script @{ Remove = $true } 0
Assert-That 'the routing rule is gone, the rest stays' ($Tenant.Rules.Count -eq 9 -and $Tenant.Inbound.Count -eq 1)
$Tenant.Pending = @([pscustomobject]@{ Status = 'Pending'; SenderAddress = 'x@example.net'; RecipientAddress = 'alice@contoso.com' })
Invoke-Script 'mail from outside never took our connector' $Script @{ Remove = $true; Drained = $true; WhatIf = $true } 0
$Tenant.Pending += [pscustomobject]@{ Status = 'Pending'; SenderAddress = 'alice@CONTOSO.de'; RecipientAddress = 'x@example.net' }
Invoke-Script 'mail is on its way' $Script @{ Remove = $true; Drained = $true } 1 '1 messages are pending.*alice@CONTOSO.de x@example.net'
Invoke-Script 'drained, and the message is none of ours' $Script @{ Remove = $true; Drained = $true; DespitePending = $true } 0 'note: 1 messages'
Assert-That 'nothing of ours is left' ((Get-Order) -eq 'Disclaimer' -and $Tenant.Inbound.Count + $Tenant.Outbound.Count -eq 0)
Invoke-Script 'there is no more' $Script @{ Remove = $true; Drained = $true } 0 'nothing to remove'

# Another customer's tenant, with objects of the same key.
Set-Live
$Tenant.Domains = @('fabrikam.com')
$n = $Tenant.Log.Count
foreach ($call in @{ Create = $true; SecretFile = $Code }, @{}, @{ Resume = $true }, @{ Pause = $true }, @{ Remove = $true }, @{ Remove = $true; Drained = $true }) {
    Invoke-Script "another tenant, -$($call.Keys)" $Script $call 1 '^stop: Not accepted domains[^\n]*right tenant[^\n]*$'
}
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
$Tenant.Domains = @('contoso.com', 'relay.contoso.com')
Invoke-Script 'one domain of two is gone: the rule can be switched off' $Script @{ Pause = $true } 1 'contoso.de'
Assert-That 'it is off' ((Find-Rule 'Sigmilter route').State -eq 'Disabled')
