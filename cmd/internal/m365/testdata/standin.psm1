# A stand-in for a tenant of Exchange Online: the commands that the script uses, with
# what is recorded of their behaviour. Names are unique, a rule cannot name a missing
# connector, a connector that a rule names cannot be removed, inserting a rule moves
# those below it, and a new inbound connector of type OnPremises may be off.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Inbound = [ordered]@{}
$script:Outbound = [ordered]@{}
$script:Rules = [System.Collections.ArrayList]::new()
$script:AllowList = @('198.51.100.1')
$script:Changes = 0
$script:InboundStartsOff = $false
$script:Domains = @('contoso.com', 'contoso.de', 'relay.contoso.com', 'contoso.onmicrosoft.com')

function Get-Changes { $script:Changes }
function Set-InboundStartsOff {
    param($Value)
    $script:InboundStartsOff = $Value
}
function Set-Domains {
    param($Value)
    $script:Domains = $Value
}
function Add-Hybrid {
    $script:Outbound['Outbound to 1234'] = [pscustomobject]@{
        Name = 'Outbound to 1234'; ConnectorSource = 'HybridWizard'; ConnectorType = 'OnPremises'; IsTransportRuleScoped = $false
        RouteAllMessagesViaOnPremises = $false; Comment = ''; Enabled = $true
    }
}

function Get-AcceptedDomain {
    foreach ($name in $script:Domains) { [pscustomobject]@{ Name = $name; DomainName = $name; DomainType = 'Authoritative' } }
}

function Get-InboundConnector { foreach ($c in $script:Inbound.Values) { $c } }
function New-InboundConnector {
    param($Name, $ConnectorType, $SenderDomains, [bool] $RequireTls, $TlsSenderCertificateName, [bool] $CloudServicesMailEnabled, $Comment)
    if ($script:Inbound.Contains($Name)) { throw "The connector $Name exists." }
    $script:Changes++
    $script:Inbound[$Name] = [pscustomobject]@{
        Name = $Name; ConnectorType = $ConnectorType; SenderDomains = @("smtp:$SenderDomains;1"); RequireTls = $RequireTls
        TlsSenderCertificateName = $TlsSenderCertificateName; CloudServicesMailEnabled = $CloudServicesMailEnabled
        Comment = $Comment; ConnectorSource = 'Default'; Enabled = (-not $script:InboundStartsOff)
    }
    $script:Inbound[$Name]
}
function Set-Properties {
    param($Object, $Bound)
    $script:Changes++
    foreach ($key in $Bound.Keys) { if ($key -ne 'Identity') { $Object.$key = $Bound[$key] } }
}
function Set-InboundConnector {
    param($Identity, $ConnectorType, $SenderDomains, $RequireTls, $TlsSenderCertificateName, $CloudServicesMailEnabled, $Comment, $Enabled)
    Set-Properties $script:Inbound[$Identity] $PSBoundParameters
}
function Remove-InboundConnector {
    param($Identity, [switch] $Confirm)
    $script:Changes++
    $script:Inbound.Remove($Identity)
}

function Get-OutboundConnector {
    param([bool] $IsTransportRuleScoped)
    foreach ($c in $script:Outbound.Values) { if ($c.IsTransportRuleScoped -eq $IsTransportRuleScoped) { $c } }
}
function New-OutboundConnector {
    param($Name, $ConnectorType, [bool] $IsTransportRuleScoped, [bool] $UseMXRecord, $SmartHosts, $TlsSettings, $TlsDomain,
        [bool] $CloudServicesMailEnabled, [bool] $RouteAllMessagesViaOnPremises, [bool] $AllAcceptedDomains, $Comment)
    if ($script:Outbound.Contains($Name)) { throw "The connector $Name exists." }
    if (-not $UseMXRecord -and -not $SmartHosts) { throw 'SmartHosts is required.' }
    $script:Changes++
    $object = [pscustomobject]@{ Enabled = $true; ConnectorSource = 'Default' }
    foreach ($key in $PSBoundParameters.Keys) { $object | Add-Member -NotePropertyName $key -NotePropertyValue $PSBoundParameters[$key] }
    $script:Outbound[$Name] = $object
    $object
}
function Set-OutboundConnector {
    param($Identity, $ConnectorType, $IsTransportRuleScoped, $UseMXRecord, $SmartHosts, $TlsSettings, $TlsDomain,
        $CloudServicesMailEnabled, $RouteAllMessagesViaOnPremises, $AllAcceptedDomains, $Comment)
    Set-Properties $script:Outbound[$Identity] $PSBoundParameters
}
function Remove-OutboundConnector {
    param($Identity, [switch] $Confirm)
    foreach ($rule in $script:Rules) { if ($rule.RouteMessageOutboundConnector -eq $Identity) { throw "Rule $($rule.Name) names the connector." } }
    $script:Changes++
    $script:Outbound.Remove($Identity)
}

function Update-Priorities { for ($i = 0; $i -lt $script:Rules.Count; $i++) { $script:Rules[$i].Priority = $i } }
function Get-TransportRule {
    param($ResultSize)
    foreach ($rule in $script:Rules) { $rule }
}
function New-TransportRule {
    param($Name, $Priority, [bool] $Enabled, $FromScope, $FromMemberOf, $SetHeaderName, $SetHeaderValue, $Comments, $MessageTypeMatches,
        $HeaderContainsMessageHeader, $HeaderContainsWords, $RouteMessageOutboundConnector, $StopRuleProcessing, $RuleErrorAction,
        $ExceptIfHeaderContainsMessageHeader, $ExceptIfHeaderContainsWords, $ExceptIfMessageTypeMatches, $ExceptIfMessageSizeOver)
    foreach ($rule in $script:Rules) { if ($rule.Name -eq $Name) { throw "The rule $Name exists." } }
    if ($RouteMessageOutboundConnector -and -not $script:Outbound.Contains($RouteMessageOutboundConnector)) { throw "There is no connector $RouteMessageOutboundConnector." }
    if ($SetHeaderName -and -not $SetHeaderValue) { throw 'SetHeaderName needs SetHeaderValue.' }
    $script:Changes++
    $object = [pscustomobject]@{ Name = $Name; Priority = 0; State = 'Disabled'; RouteMessageOutboundConnector = $RouteMessageOutboundConnector
        FromMemberOf = $FromMemberOf; SetHeaderName = $SetHeaderName; SetHeaderValue = $SetHeaderValue }
    if ($Enabled) { $object.State = 'Enabled' }
    foreach ($key in $PSBoundParameters.Keys) {
        if (($key -ne 'Enabled') -and -not $object.PSObject.Properties[$key]) { $object | Add-Member -NotePropertyName $key -NotePropertyValue $PSBoundParameters[$key] }
    }
    if ($ExceptIfMessageSizeOver) { $object.ExceptIfMessageSizeOver = ('x MB ({0:N0} bytes)' -f [long]$ExceptIfMessageSizeOver) }
    $null = $script:Rules.Insert([Math]::Min([int]$Priority, $script:Rules.Count), $object)
    Update-Priorities
    $object
}
function Set-TransportRule {
    param($Identity, $Priority, $FromScope, $FromMemberOf, $SetHeaderName, $SetHeaderValue, $Comments, $MessageTypeMatches,
        $HeaderContainsMessageHeader, $HeaderContainsWords, $RouteMessageOutboundConnector, $StopRuleProcessing, $RuleErrorAction,
        $ExceptIfHeaderContainsMessageHeader, $ExceptIfHeaderContainsWords, $ExceptIfMessageTypeMatches, $ExceptIfMessageSizeOver)
    $object = $script:Rules | Where-Object { $_.Name -eq $Identity }
    if (($PSBoundParameters.ContainsKey('SetHeaderName')) -ne ($PSBoundParameters.ContainsKey('SetHeaderValue'))) { throw 'SetHeaderName and SetHeaderValue go together.' }
    if ($PSBoundParameters.ContainsKey('Priority')) {
        $script:Changes++
        $script:Rules.Remove($object)
        $script:Rules.Insert([Math]::Min([int]$Priority, $script:Rules.Count), $object)
        Update-Priorities
        $null = $PSBoundParameters.Remove('Priority')
        if ($PSBoundParameters.Count -eq 1) { return }
    }
    Set-Properties $object $PSBoundParameters
}
function Remove-TransportRule {
    param($Identity, [switch] $Confirm)
    $script:Changes++
    $script:Rules.Remove(($script:Rules | Where-Object { $_.Name -eq $Identity }))
    Update-Priorities
}

function Get-HostedConnectionFilterPolicy {
    param($Identity)
    [pscustomobject]@{ IPAllowList = $script:AllowList }
}
function Set-HostedConnectionFilterPolicy {
    param($Identity, $IPAllowList)
    $script:Changes++
    if ($IPAllowList -is [hashtable]) { $script:AllowList = @($script:AllowList) + @($IPAllowList['Add']) }
    else { $script:AllowList = @($IPAllowList) }
}
Export-ModuleMember -Function *
