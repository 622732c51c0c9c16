Set-Live
$Tenant.Inbound[0].Enabled = $false
$Tenant.Outbound[0].Enabled = $false
$Tenant.Allow = @()
(Find-Rule 'Sigmilter skip signed mail').State = 'Disabled'
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
$null = Remove-TransportRule -Identity 'Sigmilter skip voice mail'
$null = Set-TransportRule -Identity 'Sigmilter route' -Priority 0
Invoke-Script 'status names each' $Script @{} 1 '(?s)"Sigmilter in": differs.*"Sigmilter out": differs.*IP allow list.*move above.*signed mail": switch on.*voice mail": missing.*Mode'
Invoke-Script 'create mends each' $Script @{ Create = $true } 0
Invoke-Script 'status' $Script @{} 0
Assert-That 'the routing rule is last' ((Get-Order) -match '\|Sigmilter route$')

(Find-Rule 'Sigmilter route').StopRuleProcessing = $false
$n = $Tenant.Log.Count
Invoke-Script 'a live rule is not changed' $Script @{ Create = $true } 1 'StopRuleProcessing: "False" -> "True".*-Live'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'but with -Live' $Script @{ Create = $true; Live = $true } 0

$null = New-TransportRule -Name 'Theirs' -Priority 0 -StopRuleProcessing $true
Invoke-Script 'a rule of theirs that stops' $Script @{} 1 'Rule "Theirs" stands above'
$null = Set-TransportRule -Identity 'Theirs' -Priority 9
Invoke-Script 'below it is fine' $Script @{} 0
$null = Set-TransportRule -Identity 'Theirs' -Priority 0
(Find-Rule 'Theirs') | Add-Member -NotePropertyName Comments -NotePropertyValue 'sales. [sigmilter: meant]'
Invoke-Script 'or when it is meant' $Script @{} 0
(Find-Rule 'Theirs').Comments = ''
(Find-Rule 'Theirs') | Add-Member -NotePropertyName FromScope -NotePropertyValue 'NotInOrganization'
Invoke-Script 'or when it is for mail from outside' $Script @{} 0
(Find-Rule 'Theirs') | Add-Member -NotePropertyName RemoveHeader -NotePropertyValue 'X-Sigmilter-Handled'
Invoke-Script 'but not when it takes the guard field away' $Script @{} 1 'Theirs.*removes the guard field'
$null = Remove-TransportRule -Identity 'Theirs'

$Tenant.Busy = @{ 'Get-TransportRule' = 2; 'Set-TransportRule' = 2 }
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
Invoke-Script 'a busy service' $Script @{ Create = $true } 0 'asked again in 1 s'
$Tenant.Late = 1
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
$null = Get-TransportRule
Invoke-Script 'late reads' $Script @{ Create = $true } 0
Assert-That 'mended' ((Find-Rule 'Sigmilter skip recalls').Mode -eq 'Enforce')

# A remark behind the comment of ours stays.
(Find-Rule 'Sigmilter route').Comments += ' Looked at by Eve.'
(Find-Rule 'Sigmilter route').Mode = 'Audit'
Invoke-Script 'a remark is no difference' $Script @{ Create = $true; Live = $true } 0
Assert-That 'the remark stays' ((Find-Rule 'Sigmilter route').Comments -like '*Eve.')

# An answer that came too late: the step was done.
$Tenant.Late = 0
foreach ($cmdlet in 'New-InboundConnector', 'New-OutboundConnector', 'New-TransportRule') {
    Reset-Tenant
    $Tenant.TimesOut[$cmdlet] = 1
    Invoke-Script "$cmdlet times out" $Script @{ Create = $true; SecretFile = $Code } 0
    Assert-That 'nothing is there twice' ($Tenant.Rules.Count -eq 9 -and $Tenant.Inbound.Count -eq 1 -and $Tenant.Outbound.Count -eq 1)
}
Set-Live
$Tenant.TimesOut['Remove-TransportRule'] = 1
Invoke-Script 'a removal times out' $Script @{ Remove = $true } 0
Reset-Tenant
$Tenant.Warns = $true
Invoke-Script 'a service that warns' $Script @{ Create = $true; SecretFile = $Code } 0
